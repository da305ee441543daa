package lang

import "strings"

// candidate weighs what stands in and around the name tokens[from:to].
func (f *finder) candidate(sentence int, text string, tokens []Token, from, to int, titled bool) candidate {
	run := tokens[from:to]
	c := candidate{sentence: sentence, tokens: run, titled: titled}
	if titled {
		c.person += 4
	}
	first, last := run[0], run[len(run)-1]
	lists := f.lists
	if len(run) > 1 && lists.given[first.Norm] {
		c.person += 2
	} else if lists.given[first.Norm] {
		c.person++
	}
	for _, t := range run {
		if t.Norm == "of" {
			break
		}
		if lists.organisations[t.Norm] && !titled {
			c.organ += 2
			if t.Start == last.Start {
				c.organ += 2
			}
		}
		if len(run) > 1 && len(t.Norm) == 1 && t.Upper {
			c.person++
		}
		if !t.Upper && lists.openers[t.Norm] {
			c.person++
		}
	}
	if len(run) > 1 && (lists.placeWords[last.Norm] || lists.placeWords[first.Norm] && !titled) {
		c.place += 3
	}
	if f.wholePlace(run) && !titled {
		c.place += 6
	}
	if len(run) == 1 && last.Acronym && !f.counted(tokens, from) {
		c.organ += 1.5
	}
	if len(run) == 2 || len(run) == 3 {
		if (last.Row < 0 || last.Row > common) && f.lower[last.Norm] == 0 && first.Norm != "the" {
			c.person++
		}
		if first.Row >= common && lists.givenLike(f.lang.vectors, first.Row) {
			c.person++
		}
		if strings.HasPrefix(last.Norm, "mc") || strings.HasPrefix(last.Norm, "o'") {
			c.person++
		}
	}
	f.around(&c, text, tokens, from, to)
	return c
}

// around weighs the words beside a name.
func (f *finder) around(c *candidate, text string, tokens []Token, from, to int) {
	lists := f.lists
	if from > 0 && !tokens[from].Gap {
		switch prev := tokens[from-1]; {
		case lists.roles[prev.Norm]:
			c.person += 2
		case prev.Norm == "the":
			c.person -= 2
		case prev.Norm == "in" || prev.Norm == "near":
			if !tokens[from].Acronym {
				c.place++
			}
		case prev.Norm == "of" && from > 1 && lists.placeWords[tokens[from-2].Norm]:
			c.place += 2
		case !prev.Upper && lists.organisations[prev.Norm]:
			c.organ += 2 // "the restaurant Dar Zitoun"
		case lists.saying[prev.Norm] && (to == len(tokens) || tokens[to].Gap):
			c.person++
		}
	}
	if from > 0 && lists.roles[tokens[from-1].Norm] && between(text, tokens, from) == ", " {
		c.person += 2 // "the manager, Jane Doe"
	}
	if to == len(tokens) {
		return
	}
	next := tokens[to]
	switch {
	case lists.saying[next.Norm] && !next.Gap:
		c.person++
	case next.Norm == "who" || next.Norm == "whose":
		c.person++
	case !next.Gap && lists.placeWords[next.Norm] && !c.acronym():
		c.place += 2
	case !next.Gap && (lists.organisations[next.Norm] || lists.members[next.Norm]):
		c.organ++
	case next.Gap && (next.Norm == "a" || next.Norm == "an" || next.Norm == "the") && strings.HasPrefix(text[tokens[to-1].End:], ","):
		f.apposition(c, tokens[to+1:])
	case next.Number && next.Gap && len(next.Norm) <= 3 && strings.HasPrefix(text[next.End:], ","):
		c.person += 2
	}
}

// counted reports whether the abbreviation at token k tells the sort of things
// that are counted: "two AAA batteries", but not "two UN soldiers".
func (f *finder) counted(tokens []Token, k int) bool {
	if k == 0 || k+1 >= len(tokens) || tokens[k].Gap || tokens[k+1].Gap {
		return false
	}
	prev, next := tokens[k-1], tokens[k+1]
	_, number := dateWords().numbers[prev.Norm]
	return (prev.Number || number && prev.Norm != "a" && prev.Norm != "an") && !next.Upper && strings.HasSuffix(next.Norm, "s") &&
		!f.lists.members[next.Norm] && !f.lists.roles[next.Norm] && !f.lists.roles[strings.TrimSuffix(next.Norm, "s")]
}

// apposition weighs what a name is said to be: "Ansar, a new militant group".
func (f *finder) apposition(c *candidate, after []Token) {
	var kind *float64
	for i, t := range after {
		if t.Gap || i > 5 || t.Stop {
			break
		}
		switch {
		case f.lists.roles[t.Norm]:
			kind = &c.person
		case f.lists.organisations[t.Norm]:
			kind = &c.organ
		case f.lists.placeWords[t.Norm]:
			kind = &c.place
		}
	}
	if kind != nil {
		*kind += 2
	}
}
