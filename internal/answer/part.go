package answer

import (
	"strings"
	"sync"

	"verbatim/internal/article"
	"verbatim/internal/lang"
	"verbatim/internal/workers"
)

// part is what analysing one article by itself gives. The words and stems of
// its sentences are numbered by its dictionary.
type part struct {
	title      []string // stems of the title's content words
	sentences  []sentence
	names      *lang.Names
	dictionary *dictionary
	shared     bool // with a former analysis, which goes on using the sentences
}

// dictionary numbers words, and knows the numbers that they have been given in
// the analysis that is being made.
type dictionary struct {
	words []word
	keys  []string // by word
	stems []string // by word.stem
	ids   []int32  // by word: its number there, plus one; 0 for none yet
}

// parts analyses the articles of a corpus.
func parts(c *article.Corpus, former *analysis) []part {
	out := make([]part, len(c.Articles))
	have := map[*article.Article]int{}
	var old *dictionary
	if former != nil {
		old = &dictionary{words: former.words, keys: former.wordKeys, stems: former.stemNames, ids: make([]int32, len(former.words))}
		for i, art := range former.corpus.Articles {
			have[art] = i
		}
	}
	var fresh []int
	for i, art := range c.Articles {
		k, ok := have[art]
		if !ok {
			fresh = append(fresh, i)
			continue
		}
		p := part{sentences: former.sentences[former.first[k]:][:len(art.Sentences)], names: former.names[k], dictionary: old, shared: true}
		for _, stem := range former.titles[k] {
			p.title = append(p.title, former.stemNames[stem])
		}
		out[i] = p
	}
	var desks sync.Pool // of *desk
	workers.Each(len(fresh), 1, func(k int) {
		d, ok := desks.Get().(*desk)
		if !ok {
			d = &desk{numbers: map[string]int32{}}
		}
		out[fresh[k]] = analysePart(c.Articles[fresh[k]], d)
		desks.Put(d)
	})
	return out
}

// desk is the room that the analysis of an article takes and leaves to the next.
type desk struct {
	tokens  []lang.Token
	numbers map[string]int32 // of words, by their keys
}

// analysePart analyses an article.
func analysePart(art *article.Article, d *desk) part {
	l := lang.For(art.Lang)
	clear(d.numbers)
	p := part{dictionary: &dictionary{}, sentences: make([]sentence, 0, len(art.Sentences))}
	for _, t := range l.Tokens(art.Title) {
		if !t.Stop {
			p.title = append(p.title, t.Stem)
		}
	}
	all, ends := d.tokens[:0], make([]int, len(art.Sentences))
	for i := range art.Sentences {
		all = l.AppendTokens(all, art.SentenceText(i))
		ends[i] = len(all)
	}
	d.tokens = all
	tokens := make([][]lang.Token, len(art.Sentences))
	start := 0
	for i, end := range ends {
		tokens[i] = all[start:end:end]
		start = end
	}
	p.names = l.Names(art, tokens)
	uses := make([]use, len(all))
	for i := range art.Sentences {
		n := len(tokens[i])
		p.add(art, i, tokens[i], l, d.numbers, uses[:n:n])
		uses = uses[n:]
	}
	p.dictionary.ids = make([]int32, len(p.dictionary.words))
	return p
}

// add analyses one sentence. numbers holds those of the words by their keys,
// uses is room for as many as there are tokens.
func (p *part) add(src *article.Article, index int, tokens []lang.Token, l *lang.Language, numbers map[string]int32, uses []use) {
	offset := src.Sentences[index].Start
	text := src.SentenceText(index)
	x := sentence{index: int32(index), uses: uses}
	for k, t := range tokens {
		u := use{word: p.dictionary.word(t, l, numbers), start: uint32(offset + t.Start), end: uint32(offset + t.End)}
		if t.Number {
			u.flags |= flagNumber
		}
		if t.Gap {
			u.flags |= flagGap
		}
		if k == 0 {
			u.flags |= flagFirst
		}
		if t.Upper && (k > 0 || t.Acronym) {
			u.flags |= flagUpper
		}
		x.uses[k] = u
		if !p.dictionary.words[u.word].stop {
			x.content++
		}
	}
	x.signs = signsOf(text, tokens)
	if p.quoted(src, index) {
		x.signs |= signInQuote
	}
	x.times = l.Times(text, tokens)
	x.amounts = l.Quantities(text, tokens, x.times)
	x.found = count(x.times, x.amounts)
	p.sentences = append(p.sentences, x)
}

func (d *dictionary) word(t lang.Token, l *lang.Language, numbers map[string]int32) int32 {
	key := wordKey(t, l)
	n, ok := numbers[key]
	if !ok {
		n = int32(len(d.words))
		numbers[key] = n
		d.words = append(d.words, word{norm: t.Norm, stem: int32(len(d.stems)), row: int32(t.Row), rarity: float32(rarity(t, l)),
			prefix: prefixOf(t.Norm), stop: t.Stop})
		d.keys = append(d.keys, key)
		d.stems = append(d.stems, t.Stem)
	}
	return n
}

// quoted reports whether a sentence opens with a quotation mark or continues
// what the one before it quotes, in the same paragraph.
func (p *part) quoted(src *article.Article, index int) bool {
	if strings.HasPrefix(strings.TrimLeft(src.SentenceText(index), " '"), "\"") || strings.HasPrefix(src.SentenceText(index), "“") {
		return true
	}
	if index == 0 || src.Sentences[index-1].Paragraph != src.Sentences[index].Paragraph {
		return false
	}
	before := src.SentenceText(index - 1)
	if strings.LastIndex(before, "“") > strings.LastIndex(before, "”") {
		return true
	}
	inside := p.sentences[index-1].signs&signInQuote != 0
	switch strings.Count(before, "\"") {
	case 0:
		return inside && !strings.ContainsAny(before, "”")
	case 1:
		return strings.HasPrefix(before, "\"") // else it closes
	}
	return false
}

// sought counts the things in a sentence that questions ask for.
type sought struct{ moments, durations, counts, money, ranks uint8 }

func count(times []lang.Time, amounts []lang.Quantity) sought {
	var s sought
	for _, t := range times {
		if t.Kind == lang.Duration {
			s.durations++
		} else {
			s.moments++
		}
	}
	for _, q := range amounts {
		switch q.Kind {
		case lang.Money:
			s.money++
		case lang.Rank:
			s.ranks++
		default:
			s.counts++
		}
	}
	return s
}

// joiner makes an analysis of its parts, which have to come in the order of the
// articles: words and stems are numbered as they come.
type joiner struct {
	*analysis
	seen []int32 // by stem: the last sentence that had it, plus one
}

// add adds the part of an article.
func (j *joiner) add(art int, p part) {
	j.first = append(j.first, len(j.sentences))
	j.names = append(j.names, p.names)
	var title []int32
	for _, stem := range p.title {
		title = append(title, j.stem(stem))
	}
	j.titles = append(j.titles, title)
	var room []use
	if p.shared {
		n := 0
		for i := range p.sentences {
			n += len(p.sentences[i].uses)
		}
		room = make([]use, n)
	}
	for _, x := range p.sentences {
		x.article = int32(art)
		if p.shared {
			n := len(x.uses)
			copy(room, x.uses)
			x.uses, room = room[:n:n], room[n:]
		}
		j.number(x.uses, p.dictionary)
		j.sentences = append(j.sentences, x)
	}
}

// number gives the words of the next sentence their numbers here, and counts
// the sentence for its stems.
func (j *joiner) number(uses []use, d *dictionary) {
	for k := range uses {
		u := &uses[k]
		id := d.ids[u.word] - 1
		if id < 0 {
			id = j.word(d, u.word)
			d.ids[u.word] = id + 1
		}
		u.word = id
		stem := j.words[id].stem
		for int(stem) >= len(j.seen) {
			j.seen = append(j.seen, 0)
		}
		if n := int32(len(j.sentences)) + 1; j.seen[stem] != n {
			j.seen[stem] = n
			j.df[stem]++
		}
	}
}

func (j *joiner) word(d *dictionary, n int32) int32 {
	key := d.keys[n]
	id, ok := j.wordIDs[key]
	if !ok {
		id = int32(len(j.words))
		j.wordIDs[key] = id
		w := d.words[n]
		w.stem = j.stem(d.stems[w.stem])
		j.words, j.wordKeys, j.written = append(j.words, w), append(j.wordKeys, key), append(j.written, int32(len(j.sentences)))
		j.spelt.add(id, &w)
	}
	return id
}
