package lang

import (
	"strings"
	"sync"

	"verbatim/internal/article"
)

// group gathers the candidates that are variants of one name.
type group struct {
	parent     int // itself, or the group it was merged into
	candidates []int
}

// merger merges candidates into entities.
type merger struct {
	*finder
	all    []candidate
	keys   []string // by candidate
	groups []group
	byKey  map[string]int
}

// merge makes entities of the candidates of an article.
func (f *finder) merge(all []candidate) *Names {
	m := &merger{finder: f, all: all, keys: make([]string, len(all)), byKey: map[string]int{}}
	for i, c := range all {
		key := nameKey(c.tokens)
		m.keys[i] = key
		g, ok := m.byKey[key]
		if !ok {
			g = len(m.groups)
			m.byKey[key] = g
			m.groups = append(m.groups, group{parent: g})
		}
		m.groups[g].candidates = append(m.groups[g].candidates, i)
	}
	m.introductions()
	m.sameThing()
	m.shortForms()
	return m.names()
}

// find returns the group that group g has been merged into.
func (m *merger) find(g int) int {
	for m.groups[g].parent != g {
		m.groups[g].parent = m.groups[m.groups[g].parent].parent
		g = m.groups[g].parent
	}
	return g
}

// join merges two groups; the earlier one stays.
func (m *merger) join(a, b int) {
	a, b = m.find(a), m.find(b)
	if a > b {
		a, b = b, a
	}
	if a != b {
		m.groups[b].parent = a
		m.groups[a].candidates = append(m.groups[a].candidates, m.groups[b].candidates...)
		m.groups[b].candidates = nil
	}
}

// introductions merges an abbreviation with the name it is introduced for,
// "Syrian Democratic Forces (SDF)" or "SDF (Syrian Democratic Forces)", and
// one that is the initials of a single long name of the article.
func (m *merger) introductions() {
	for i := 1; i < len(m.all); i++ {
		a, b := m.all[i-1], m.all[i]
		if a.sentence != b.sentence {
			continue
		}
		text := m.article.SentenceText(a.sentence)
		gap := text[a.tokens[len(a.tokens)-1].End:b.tokens[0].Start]
		if strings.Trim(gap, " \"“'") != "(" || !strings.HasPrefix(strings.TrimLeft(text[b.tokens[len(b.tokens)-1].End:], "\"”'"), ")") {
			continue
		}
		if short := b.tokens[0]; len(b.tokens) == 1 && abbreviates(short.Norm, a.tokens) || len(a.tokens) == 1 && abbreviates(a.tokens[0].Norm, b.tokens) {
			m.join(m.byKey[m.keys[i-1]], m.byKey[m.keys[i]])
		}
	}
	initials := map[string]int{} // to the group; -1 when several
	for i, c := range m.all {
		if len(c.tokens) < 3 {
			continue
		}
		g := m.find(m.byKey[m.keys[i]])
		key := strings.ToLower(Initials(capitals(c.tokens)))
		if old, ok := initials[key]; ok && old != g {
			g = -1
		}
		initials[key] = g
	}
	for i, c := range m.all {
		if !c.acronym() {
			continue
		}
		if g, ok := initials[c.tokens[0].Norm]; ok && g >= 0 {
			m.join(g, m.byKey[m.keys[i]])
		}
	}
}

func capitals(tokens []Token) []Token {
	var kept []Token
	for _, t := range tokens {
		if t.Upper && !t.Stop {
			kept = append(kept, t)
		}
	}
	return kept
}

// abbreviates reports whether short is made of the first letters of the words,
// small words counted or not, or of letters of them in order.
func abbreviates(short string, long []Token) bool {
	if len(long) < 2 || len(short) < 2 {
		return false
	}
	if nameParts().places[long[0].Norm] != "" && abbreviates(short, long[1:]) {
		return true // "US Central Command (CENTCOM)"
	}
	if strings.EqualFold(Initials(long), short) || strings.EqualFold(Initials(capitals(long)), short) {
		return true
	}
	var letters strings.Builder
	for _, t := range long {
		letters.WriteString(t.Norm)
	}
	rest := letters.String()
	if rest[0] != short[0] {
		return false
	}
	for i := range len(short) {
		at := strings.IndexByte(rest, short[i])
		if at < 0 {
			return false
		}
		rest = rest[at+1:]
	}
	return true
}

// sameNames maps the key of a name to the first of the names that stand for
// the same thing, from the lists of aliases and places.
var sameNames = sync.OnceValue(func() map[string]string {
	en := For("en")
	same := map[string]string{}
	for _, line := range readList("aliases_en.txt") {
		first := ""
		for member := range strings.SplitSeq(line, ",") {
			tokens := en.Tokens(strings.TrimSpace(member))
			if len(tokens) == 0 || !tokens[0].Upper {
				continue
			}
			key := nameKey(tokens)
			if first == "" {
				first = key
			}
			same[key] = first
		}
	}
	return same
})

// sameThing merges names that are known to stand for one thing.
func (m *merger) sameThing() {
	same := sameNames()
	seen := map[string]int{}
	for i, c := range m.all {
		if c.titled {
			continue
		}
		key := m.keys[i]
		if place := m.placeOf(c.tokens); place != "" {
			key = nameKey(m.lang.Tokens(place))
			if place == "us" || len(place) == 2 {
				key = strings.ToUpper(place)
			}
		}
		if first, ok := same[key]; ok {
			key = first
		}
		if old, ok := seen[key]; ok {
			m.join(old, m.byKey[m.keys[i]])
		} else {
			seen[key] = m.byKey[m.keys[i]]
		}
	}
}

// shortForms merges a shorter form with the one longer name that ends or
// begins with it: a surname, a given name, the first word of an organisation.
// A form that fits several is left alone.
func (m *merger) shortForms() {
	const several = -1
	last, first, ends := map[string]int{}, map[string]int{}, map[string]int{}
	note := func(to map[string]int, key string, g int) {
		if old, ok := to[key]; ok && (old == several || m.find(old) != m.find(g)) {
			g = several
		}
		to[key] = g
	}
	words := make([][]string, len(m.all))
	for i, c := range m.all {
		words[i] = strings.Fields(m.keys[i])
		if len(words[i]) < 2 || m.wholePlace(c.tokens) {
			continue
		}
		g, n := m.byKey[m.keys[i]], len(words[i])
		note(last, words[i][n-1], g)
		note(first, words[i][0], g)
		note(ends, words[i][0]+" "+words[i][n-1], g)
		if n > 2 {
			note(last, strings.Join(words[i][n-2:], " "), g)
		}
	}
	for i, c := range m.all {
		w := words[i]
		if len(w) == 0 || len(w) > 2 || c.acronym() || m.wholePlace(c.tokens) && !c.titled {
			continue
		}
		g, ok := last[m.keys[i]]
		if !ok && len(w) == 1 && !c.titled && m.lists.places[c.tokens[0].Norm] == "" && (m.lists.given[w[0]] || c.tokens[0].Row < 0 || c.tokens[0].Row >= common) {
			g, ok = first[w[0]]
		}
		if !ok && len(w) == 2 {
			g, ok = ends[m.keys[i]]
		}
		if ok && g != several {
			m.join(g, m.byKey[m.keys[i]])
		}
	}
}

// names makes the entities, in the order of their first mention.
func (m *merger) names() *Names {
	n := &Names{sentences: make([][]Mention, len(m.tokens)), keys: map[string]int{}}
	entity := map[int]int{} // of a group
	members := [][]candidate{}
	for i, c := range m.all {
		g := m.find(m.byKey[m.keys[i]])
		e, ok := entity[g]
		if !ok {
			e = len(members)
			entity[g] = e
			members = append(members, nil)
		}
		members[e] = append(members[e], c)
		span := c.span(m.article)
		mention := Mention{Entity: e, Sentence: c.sentence, Start: span.Start, End: span.End}
		n.sentences[c.sentence] = append(n.sentences[c.sentence], mention)
		n.keys[m.keys[i]] = e
		n.longest = max(n.longest, len(c.tokens))
	}
	for _, cs := range members {
		n.Entities = append(n.Entities, m.entity(cs))
	}
	m.surnames(n, entity)
	n.starts = make(map[string]bool, len(n.keys))
	for key := range n.keys {
		n.starts[firstWord(key)] = true
	}
	for i := range n.sentences {
		for _, mention := range n.sentences[i] {
			e := &n.Entities[mention.Entity]
			e.Mentions = append(e.Mentions, mention)
		}
	}
	return n
}

// surnames lets a person be matched by the surname that the article itself
// never writes alone, unless two share it.
func (m *merger) surnames(n *Names, entity map[int]int) {
	added := map[string]int{}
	for i, c := range m.all {
		e := entity[m.find(m.byKey[m.keys[i]])]
		w := strings.Fields(m.keys[i])
		if len(w) < 2 || n.Entities[e].Kind != Person || c.wordy() {
			continue
		}
		key := w[len(w)-1]
		if old, ok := added[key]; ok && old != e {
			delete(n.keys, key)
			added[key] = -1
		} else if _, ok := n.keys[key]; !ok {
			added[key] = e
			n.keys[key] = e
		}
	}
}

// wordy reports whether the name ends with a word that opens sentences.
func (c candidate) wordy() bool {
	last := c.tokens[len(c.tokens)-1]
	return last.Row >= 0 && last.Row < veryCommon
}

// entity describes the thing that the candidates, in order, all name.
func (m *merger) entity(cs []candidate) Entity {
	var e Entity
	var person, organ, place float64
	best, score := -1, -1
	seen := map[string]bool{}
	var variants []article.Span
	for i, c := range cs {
		person += c.person
		organ += c.organ
		place += c.place
		span := c.span(m.article)
		written := m.article.Text[span.Start:span.End]
		if seen[written] {
			continue
		}
		seen[written] = true
		variants = append(variants, span)
		// The fullest form; the place rather than its people, words rather
		// than an abbreviation.
		s := 4 * len(c.tokens)
		if !m.lists.people[strings.ToLower(written)] {
			s += 2
		}
		if !c.acronym() {
			s++
		} else if e.Abbreviation == "" {
			e.Abbreviation = written
		}
		if s > score {
			best, score = i, s
		}
	}
	e.Name = cs[best].span(m.article)
	name := m.article.Text[e.Name.Start:e.Name.End]
	for _, v := range variants {
		if written := m.article.Text[v.Start:v.End]; written != name {
			e.Variants = append(e.Variants, v)
		}
	}
	if e.Abbreviation == name {
		e.Abbreviation = ""
	}
	switch {
	case organ >= 1.5 && organ >= person && organ >= place:
		e.Kind = Organisation
	case person >= 2 && person >= place:
		e.Kind = Person
	case place >= 2 || place >= 1 && person <= 0 && organ <= 0:
		e.Kind = Place
	}
	return e
}
