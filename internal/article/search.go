package article

// Query asks a search engine for sentences.
type Query struct {
	Text     string   // words to find; never read as query syntax
	Fuzzy    []string // words among them that may be misspelled, matched within two edits
	Articles []int    // indices into Corpus.Articles to search; none means all
	Limit    int      // at most so many hits
}

// Hit is one sentence that a search engine found.
type Hit struct {
	Article  int // index into Corpus.Articles
	Sentence int // index into Article.Sentences
	Score    float64
}
