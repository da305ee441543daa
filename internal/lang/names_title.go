package lang

import "strings"

// split cuts the run tokens[from:to] at its titles: "Syrian Information
// Minister Hamza Mustafa" holds a name for a people and a person's.
func (f *finder) split(sentence int, text string, tokens []Token, from, to int) []candidate {
	run := tokens[from:to]
	if f.wholePlace(run) {
		return []candidate{f.candidate(sentence, text, tokens, from, to, false)}
	}
	if len(run) == 1 && len(run[0].Norm) == 1 {
		return nil
	}
	if len(run) == 2 && run[1].Acronym && f.lists.people[run[0].Norm] {
		// "the Kurdish SDF"
		return []candidate{f.candidate(sentence, text, tokens, from, from+1, false), f.candidate(sentence, text, tokens, from+1, to, false)}
	}
	if len(run) > 2 && initial(text, tokens, from) && f.lists.given[run[1].Norm] && !f.lists.given[run[0].Norm] && !f.lists.titles[run[0].Norm] &&
		run[0].Row >= 0 && f.lists.places[run[0].Norm] == "" && f.upper[run[0].Norm] == 0 {
		from++ // "Substitute Kofi Mensah"
	}
	// Titles at the end belong to nobody named here.
	end := to
	for end > from && f.lists.titles[tokens[end-1].Norm] && (end < to || end-from > 1 || !f.lists.uncertain[tokens[end-1].Norm]) {
		end--
	}
	if end < to {
		if end == from {
			return nil
		}
		return f.before(sentence, text, tokens, from, end)
	}
	at := -1
	for k := from; k+1 < to; k++ {
		if f.lists.titles[tokens[k].Norm] && f.titles(tokens[k:to]) {
			at = k
		}
	}
	if at < 0 {
		return []candidate{f.candidate(sentence, text, tokens, from, to, false)}
	}
	first := at
	for first > from && f.lists.titles[tokens[first-1].Norm] {
		first--
	}
	var found []candidate
	if first > from {
		found = f.before(sentence, text, tokens, from, first)
	}
	rest := at + 1
	if f.lists.joiners[tokens[rest].Norm] && tokens[rest].Norm == "of" {
		// "President of Syria"
		rest++
		if rest < to && tokens[rest].Norm == "the" {
			rest++
		}
		if rest >= to {
			return found
		}
		return append(found, f.candidate(sentence, text, tokens, rest, to, false))
	}
	return append(found, f.candidate(sentence, text, tokens, rest, to, true))
}

// titles reports whether run[0], a title word, is the title of what follows.
func (f *finder) titles(run []Token) bool {
	next, last := run[1], run[len(run)-1]
	if f.lists.titles[next.Norm] && len(run) > 2 {
		return true
	}
	if next.Norm == "of" {
		return true
	}
	if f.lists.organisations[last.Norm] && !f.lists.given[next.Norm] {
		return false
	}
	if !f.lists.uncertain[run[0].Norm] {
		return true
	}
	return f.lists.given[next.Norm] || next.Row < 0 || next.Row > common && !f.lists.placeWords[last.Norm]
}

// before returns the names in what stands before a title: a people, a country
// or an organisation; the words of an office are no name.
func (f *finder) before(sentence int, text string, tokens []Token, from, to int) []candidate {
	for from < to && tokens[from].Stop && !tokens[from].Acronym {
		from++
	}
	if from == to {
		return nil
	}
	last := tokens[to-1]
	if f.lists.organisations[last.Norm] || f.wholePlace(tokens[from:to]) || to-from == 1 && (last.Acronym || last.Row < 0 || last.Row >= common) {
		return []candidate{f.candidate(sentence, text, tokens, from, to, false)}
	}
	for n := min(3, to-from-1); n > 0; n-- {
		if f.wholePlace(tokens[from : from+n]) {
			return []candidate{f.candidate(sentence, text, tokens, from, from+n, false)}
		}
	}
	if tokens[from].Acronym {
		return []candidate{f.candidate(sentence, text, tokens, from, from+1, false)}
	}
	return nil
}

// wholePlace reports whether the run as a whole is in the list of places.
func (f *finder) wholePlace(run []Token) bool { return f.placeOf(run) != "" }

// placeOf returns the place that a run names by itself or by its people.
func (f *finder) placeOf(run []Token) string {
	if len(run) > 3 {
		return ""
	}
	words := make([]string, len(run))
	for i, t := range run {
		words[i] = t.Norm
		if len(t.Norm) == 2 && !t.Acronym && len(run) == 1 {
			return ""
		}
	}
	return f.lists.places[strings.Join(words, " ")]
}

// TitleStart returns where the titles and roles before a name begin, that of
// "Syrian President" before "Ahmad Al Shara"; the name itself when it has
// none. at is the name's offset in the text of the tokens.
func (l *Language) TitleStart(tokens []Token, at int) int {
	p := nameParts()
	k := 0
	for k < len(tokens) && tokens[k].Start < at {
		k++
	}
	if k == 0 || k == len(tokens) || l.Code != "en" {
		return at
	}
	first := k
	for first > 0 && !tokens[first].Gap {
		t := tokens[first-1]
		if p.titles[t.Norm] || p.roles[t.Norm] {
			first--
			continue
		}
		// Words between the title and what is before it belong to the office:
		// "Syrian Information Minister".
		if first < k && (t.Upper && !t.Stop && !p.dates[t.Norm] || p.qualifiers[t.Norm]) {
			first--
			continue
		}
		break
	}
	if first == k {
		return at
	}
	return tokens[first].Start
}
