package discord

import (
	"net/url"
	"slices"
	"strings"

	"verbatim/internal/answer"
	"verbatim/internal/article"
)

// How much of a message each part may take, in units. The first passage comes
// first: the others make do with what a reader can take in at a glance.
const (
	maxFirst   = 1300
	maxFurther = 500
	maxTitle   = 100
	maxEcho    = 200
	maxNearest = 3 // passages that come nearest, when none answers
)

// answered shows an answer in at most room units: the first passage with its
// citation, the further ones, as many as are to be shown, on a card, the
// confidence and the revision at the foot.
func answered(s speaker, a answer.Answer, shown, room int) (Reply, error) {
	first := a.Passages[0].Passage
	var head []string
	if a.About != "" {
		head = append(head, small(s.say("answer.about", "Topic", s.inline(shorten(a.About, maxTitle)))))
	}
	foot := small(s.say("answer.footer", "Band", s.say("band."+string(a.Band)), "Revision", string(a.Revision)))
	more := a.Passages[1:max(1, min(len(a.Passages), shown))]
	around := append(slices.Clone(head), small(s.say("cut.before")), small(s.say("cut.after")), citation(s, first), foot, "")
	if len(more) > 0 {
		around = append(around, flatGap, small(s.say("cut.passages"))) // where there can be no card
	}
	q, err := quote(first, a.Span, min(maxFirst, room-units(strings.Join(around, "\n"))))
	if err != nil {
		return Reply{}, err
	}
	lines := append(append(head, cited(s, first, q)...), foot)
	reply := Reply{Text: strings.Join(lines, "\n")}
	if len(more) > 0 {
		card, err := passages(s, s.say("answer.more", "Count", len(more)), more)
		if err != nil {
			return Reply{}, err
		}
		card.Tone = toneOf(a.Band)
		reply.Card = &card
	}
	return reply, nil
}

// declined shows, in at most room units, that the articles do not say: why, what
// was looked for, what might have been meant, what they do answer, and what
// comes nearest.
func declined(s speaker, a answer.Answer, articles, room int) (Reply, error) {
	lines := []string{bold + s.say("decline.head", "Count", articles) + bold}
	why := s.say("decline.searched", "Count", a.Searched)
	if len(a.Missing) > 0 {
		quoted := make([]string, 0, len(a.Missing))
		for _, w := range a.Missing[:min(len(a.Missing), 6)] {
			quoted = append(quoted, s.say("quoted", "Text", s.inline(shorten(w, 40))))
		}
		why += " " + s.say("decline.missing", "Count", len(quoted), "Words", s.list(quoted))
	} else if a.Reason == answer.NotSaid {
		why += " " + s.say("decline.notsaid")
	}
	lines = append(lines, why)
	if a.About != "" {
		lines = append(lines, s.say("answer.about", "Topic", s.inline(shorten(a.About, maxTitle))))
	}
	if a.DidYouMean != "" {
		lines = append(lines, s.say("decline.meant", "Question", s.inline(shorten(a.DidYouMean, maxEcho))))
	}
	if len(a.Suggestions) > 0 {
		lines = append(lines, s.say("decline.try"))
		for _, q := range a.Suggestions[:min(len(a.Suggestions), 2)] {
			lines = append(lines, "- "+s.inline(shorten(q, maxEcho)))
		}
	}
	foot := small(s.say("decline.footer", "Revision", string(a.Revision)))
	near := a.Nearest[:min(len(a.Nearest), maxNearest)]
	if len(near) > 0 {
		room -= units(flatGap + small(s.say("cut.passages"))) // where there can be no card
	}
	text, _ := fill(lines, room-units(foot)-1)
	reply := Reply{Text: text + "\n" + foot}
	if len(near) > 0 {
		card, err := passages(s, s.say("decline.nearest", "Count", len(near)), near)
		if err != nil {
			return Reply{}, err
		}
		reply.Card = &card
	}
	return reply, nil
}

// passages lists short quotations under a head, as many as a card holds.
func passages(s speaker, head string, results []answer.Result) (Card, error) {
	card := Card{Head: bold + head + bold}
	for _, r := range results {
		q, err := quote(r.Passage, article.Span{}, maxFurther)
		if err != nil {
			return Card{}, err
		}
		card.Blocks = append(card.Blocks, strings.Join(cited(s, r.Passage, q), "\n"))
	}
	return card.cut(maxCard, small(s.say("cut.passages"))), nil
}

// cited is a quotation over its citation, a line each at least. What was left
// out is marked outside the quotation.
func cited(s speaker, p article.Passage, q quotation) []string {
	var lines []string
	if q.CutBefore {
		lines = append(lines, small(s.say("cut.before")))
	}
	lines = append(lines, q.Markdown)
	if q.CutAfter {
		lines = append(lines, small(s.say("cut.after")))
	}
	return append(lines, citation(s, p))
}

// citation is one line that says where a passage stands, linked to the very
// sentence when the article has an address. It is in small print, so that the
// answer is what stands out.
func citation(s speaker, p article.Passage) string {
	c := p.Citation()
	title := s.inline(shorten(p.Article.Name(), maxTitle))
	if link := sentenceLink(p); link != "" {
		title = "[" + title + "](<" + link + ">)"
	}
	return small(s.say("citation", "Title", title, "Place", place(s, c)))
}

// place says which paragraph and sentences a citation means.
func place(s speaker, c article.Citation) string {
	if c.Last > c.Sentence {
		return s.say("citation.sentences", "Paragraph", c.Paragraph, "First", c.Sentence, "Last", c.Last)
	}
	return s.say("citation.sentence", "Paragraph", c.Paragraph, "Sentence", c.Sentence)
}

// A text fragment names a stretch by its first and last words when it is
// longer than this, so that the address stays short.
const maxFragment = 60

// sentenceLink is the article's address with a text fragment that leads a
// browser to the passage; "" when the article has none that can be trusted.
func sentenceLink(p article.Passage) string {
	u, err := url.Parse(p.Article.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	text := strings.Join(strings.Fields(p.Text()), " ")
	fragment := fragmentEscape(text)
	if words := strings.Fields(text); units(text) > maxFragment && len(words) > 8 {
		fragment = fragmentEscape(strings.Join(words[:4], " ")) + "," + fragmentEscape(strings.Join(words[len(words)-4:], " "))
	}
	anchor := u.EscapedFragment()
	u.Fragment, u.RawFragment = "", ""
	link := safeLink(u.String())
	if link = link + "#" + anchor + ":~:text=" + fragment; len(link) > maxLink {
		return ""
	}
	return link
}

// safeLink is an address with nothing in it that would end a link in Discord.
func safeLink(address string) string {
	var b strings.Builder
	for i := 0; i < len(address); i++ {
		if c := address[i]; strings.IndexByte("()<> |`", c) >= 0 {
			percent(&b, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// maxLink bounds an address within a message; a longer one isn't linked.
const maxLink = 400

// fragmentEscape escapes what text fragments give a meaning, besides what every
// address must escape.
func fragmentEscape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '.' || c == '_' {
			b.WriteByte(c)
		} else {
			percent(&b, c)
		}
	}
	return b.String()
}

// percent writes a byte as addresses do that have another meaning for it.
func percent(b *strings.Builder, c byte) {
	const digits = "0123456789ABCDEF"
	b.WriteByte('%')
	b.WriteByte(digits[c>>4])
	b.WriteByte(digits[c&15])
}

// fill joins as many blocks as fit, and returns those that don't.
func fill(blocks []string, limit int) (string, []string) {
	n, used := 0, 0
	for n < len(blocks) {
		size := units(blocks[n]) + 1
		if used+size > limit {
			break
		}
		used += size
		n++
	}
	return strings.Join(blocks[:n], "\n"), blocks[n:]
}

// small is a line in Discord's small print.
func small(line string) string { return "-# " + line }

// shorten cuts plain text to at most limit units, at a word where it can, and
// marks that it did.
func shorten(text string, limit int) string {
	text = plain(text)
	if units(text) <= limit {
		return text
	}
	var b strings.Builder
	used := 1
	for _, r := range text {
		if used += units(string(r)); used > limit {
			break
		}
		b.WriteRune(r)
	}
	cut := b.String()
	if k := strings.LastIndexByte(cut, ' '); k > len(cut)/2 {
		cut = cut[:k]
	}
	return strings.TrimRight(cut, " ") + "…"
}
