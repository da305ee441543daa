package discord

import (
	"strings"
	"testing"
	"time"

	"verbatim/internal/verify"
)

// TestCheckAcrossParagraphs shows all of a quotation that runs over a
// paragraph's end, and says that it does.
func TestCheckAcrossParagraphs(t *testing.T) {
	a := newArticle("a", "Harbour", "", []string{"The ferry sails at noon.", "It is late."}, []string{"It rained all day.", "Nobody came."})
	h, err := newHandlers(newDesk(a), nil, nil, nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.check(t.Context(), checkRequest{Caller: Caller{Locale: "en-GB"}, Quote: "It is late. It rained all day."})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"**Yes", "It runs over 2 paragraphs.", "> **It is late**.", "> **It rained all day**.", "paragraph 2, sentence 1"} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("no %q in:\n%s", want, r.Text)
		}
	}
	r, err = h.check(t.Context(), checkRequest{Caller: Caller{Locale: "en-GB"}, Quote: strings.Repeat("x ", verify.MaxQuote)})
	if err != nil || !strings.HasPrefix(r.Text, "That is a long quotation: 4000 characters.") {
		t.Errorf("%q, %v", r.Text, err)
	}
}
