package discord

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"verbatim/internal/discordtest"
)

func TestCompare(t *testing.T) {
	want, err := Commands()
	if err != nil {
		t.Fatal(err)
	}
	// What Discord gives back has more fields, and nulls where we send nothing.
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		c["id"], c["version"], c["application_id"], c["nsfw"], c["dm_permission"] = "1", "2", "3", false, true
		for _, k := range []string{"name_localizations", "options", "default_member_permissions"} {
			if _, ok := c[k]; !ok {
				c[k] = nil
			}
		}
	}
	if raw, err = json.Marshal(list); err != nil {
		t.Fatal(err)
	}
	var have []Command
	if err := json.Unmarshal(raw, &have); err != nil {
		t.Fatal(err)
	}
	if changes := compare(have, want, true); len(changes) != 0 {
		t.Errorf("the same commands differ: %+v", changes)
	}

	have[0].Description = "other"
	have[1].Contexts = []int{0}
	have = append(have[:2], append(have[3:], Command{ID: "9", Type: 1, Name: "old"})...)
	changes := compare(have, want, true)
	got := make([]string, 0, len(changes))
	for _, c := range changes {
		got = append(got, c.Action+" "+c.Name+" "+c.Detail)
	}
	for i, w := range []string{"update ask description", "update summary contexts", "create article ", "delete old "} {
		if i >= len(got) || got[i] != w {
			t.Errorf("changes are %q, want %q as number %d", got, w, i)
		}
	}
	if changes := compare(have, want, false); len(changes) != 3 {
		t.Errorf("in a single server contexts make no difference: %+v", changes)
	}
}

func TestBitsReadsWhatServersSend(t *testing.T) {
	for raw, want := range map[string]Bits{`"32"`: "32", `32`: "32", `null`: "", `"0"`: "0"} {
		var b Bits
		if err := json.Unmarshal([]byte(raw), &b); err != nil || b != want {
			t.Errorf("%s is %q, %v", raw, b, err)
		}
	}
	var b Bits
	if json.Unmarshal([]byte(`"all"`), &b) == nil {
		t.Error("letters are permissions")
	}
}

func TestSync(t *testing.T) {
	t.Parallel()
	s := newServer(t, discordtest.Options{})
	config := Config{Token: s.Token(), APIURL: s.URL(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	step := func(dry bool, want, writes int) {
		t.Helper()
		changes, err := Sync(ctx, config, dry)
		if err != nil || len(changes) != want || s.CommandWrites() != writes {
			t.Errorf("Sync(dry %v) = %d changes, %v, after %d writes; want %d after %d", dry, len(changes), err, s.CommandWrites(), want, writes)
		}
	}
	step(true, 10, 0)
	step(false, 10, 1)
	step(true, 0, 1)
	step(false, 0, 1)
}
