package discord

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"verbatim/internal/discordtest"
	"verbatim/internal/store"
)

// TestTranscriptConfirming: what was shown is what is done, once, by whom it was
// shown to, and not after a restart.
func TestTranscriptConfirming(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t)
	ben := s.Member("ben", discordtest.WithPermissions(discordtest.ManageGuild))
	other := strings.Replace(stormText, "Dora", "Bella", 1)
	s.text.Note("A preview outlives no restart, and says what to do.")
	lost := s.corpus(mia, "add", upload("storm.md", stormText)).Message
	s.restart(f)
	mia.Clicks(lost, "Confirm").Reply()
	s.text.Note("Only whoever it was shown to can confirm it, also among moderators; and once.")
	hers := s.corpus(mia, "add", upload("storm.md", stormText)).Message
	confirm := hers.Components[0].Components[0].CustomID
	ben.Forges(hers, confirm).Reply()
	mia.Clicks(hers, "Confirm").Reply()
	mia.Forges(hers, confirm).Reply()
	s.text.Note("Nor after it was cancelled.")
	cancelled := s.corpus(mia, "add", upload("mill.md", harbourText)).Message
	confirm = cancelled.Components[0].Components[0].CustomID
	mia.Clicks(cancelled, "Cancel").Reply()
	mia.Forges(cancelled, confirm).Reply()
	s.text.Note("A second article of the same name replaces the first, and the preview says so.")
	his := s.corpus(ben, "add", upload("storm.md", other)).Message
	s.text.Note("When another moderator was quicker, it is shown again before it is done.")
	theirs := s.corpus(mia, "add", upload("storm.md", strings.Replace(stormText, "Dora", "Clara", 1))).Message
	sure := s.corpus(mia, "remove", discordtest.Opt("article", "added:storm")).Message
	ben.Clicks(his, "Confirm").Reply()
	again := mia.Clicks(theirs, "Confirm").Reply()
	mia.Clicks(again.Message, "Cancel").Reply()
	again = mia.Clicks(sure, "Confirm").Reply()
	mia.Clicks(again.Message, "Confirm").Reply()
	s.text.Note("What is gone already can't be removed once more.")
	f.write("harbour.md", harbourText)
	s.corpus(mia, "remove", discordtest.Opt("article", "added:storm"))
	s.corpus(mia, "log")
	s.end()
}

// TestConfirmedAtOnce: many presses of one button do it once, and of two
// previews of one name that are confirmed at the same moment one is done and the
// other shown again.
func TestConfirmedAtOnce(t *testing.T) {
	t.Parallel()
	s, f, mia := newShelved(t, unlimited)
	ben := s.Member("ben", discordtest.WithPermissions(discordtest.ManageGuild))
	added := func() (n int) {
		log, err := f.store.Log(s.Guild().ID, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range log {
			if e.Action == store.Added {
				n++
			}
		}
		return n
	}
	one := s.corpus(mia, "add", upload("mill.md", stormText)).Message
	id := one.Components[0].Components[0].CustomID
	var all []*discordtest.Interaction
	for range 8 {
		all = append(all, mia.Forges(one, id))
	}
	for _, i := range all {
		i.Reply()
	}
	if n := added(); n != 1 {
		t.Errorf("eight presses added %d times", n)
	}

	first := s.corpus(mia, "add", upload("storm.md", stormText)).Message
	second := s.corpus(ben, "add", upload("storm.md", strings.Replace(stormText, "Dora", "Bella", 1))).Message
	presses := []*discordtest.Interaction{mia.Clicks(first, "Confirm"), ben.Clicks(second, "Confirm")}
	again := 0
	for _, i := range presses {
		if strings.Contains(i.Reply().Text(), "Meanwhile") {
			again++
		}
	}
	if n := added(); n != 2 || again != 1 {
		t.Errorf("two previews of one name: %d were added in all and %d shown again", n, again)
	}
}

// TestTurns: one has the turn at a time, and whoever waits may stop waiting.
func TestTurns(t *testing.T) {
	turns := newTurns[string]()
	inside, most := 0, 0
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			leave, err := turns.take(t.Context(), "one")
			if err != nil {
				t.Error(err)
				return
			}
			inside++
			most = max(most, inside)
			inside--
			leave()
		})
	}
	wg.Wait()
	if most != 1 || len(turns.held) != 0 {
		t.Errorf("%d at once, %d held in the end", most, len(turns.held))
	}
	leave, err := turns.take(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	if other, err := turns.take(t.Context(), "two"); err != nil {
		t.Error(err)
	} else {
		other()
	}
	ctx, cancel := contextFor(t)
	cancel()
	if _, err := turns.take(ctx, "one"); err == nil {
		t.Error("two have the turn")
	}
}

// TestPreviewsAreBounded: many small articles wait together, and large ones only
// as many as there is room for, the newest.
func TestPreviewsAreBounded(t *testing.T) {
	r := newPending(still)
	put := func(key string, size int) { r.put(key, pending{article: store.Article{Data: make([]byte, size)}}) }
	for i := range maxPending + 10 {
		put(fmt.Sprint("small ", i), 100)
	}
	if _, ok := r.get("small 9"); ok || len(r.byKey) != maxPending {
		t.Errorf("%d small ones wait", len(r.byKey))
	}
	const large = 2 << 20
	for i := range 100 {
		put(fmt.Sprint("large ", i), large)
	}
	if _, ok := r.get("large 99"); !ok || len(r.byKey) != maxPendingBytes/large || r.used != maxPendingBytes {
		t.Errorf("%d large ones wait, of %d bytes", len(r.byKey), r.used)
	}
	put("large 99", 1) // in its place
	for key := range r.byKey {
		r.drop(key)
	}
	if r.used != 0 {
		t.Errorf("%d bytes are still counted", r.used)
	}
}
