package lang

import "testing"

func TestOpening(t *testing.T) {
	tests := []struct {
		text string
		want Opening
	}{
		{"He left.", Pronoun},
		{"\"They left,\" she said.", Pronoun},
		{"Both were commanders in HTS.", Pronoun},
		{"This was because of rain.", Pronoun},
		{"This week the council met.", Alone},
		{"It's raining.", Pronoun},
		{"It’s raining.", Pronoun},
		{"IT managers met.", Alone},
		{"US forces left.", Alone},
		{"However, the trip went on.", Connective},
		{"As a result, prices rose.", Connective},
		{"As a child, Ann sang.", Alone},
		{"There, the road ends.", Connective},
		{"There are two roads.", Alone},
		{"Despite this, it sank.", Connective},
		{"Despite rain, the match went on.", Alone},
		{"The two met.", Pronoun},
		{"The twosome met.", Alone},
		{"Because of the rain, the match ended.", Alone},
		{"", Alone},
	}
	en := For("en")
	for _, tt := range tests {
		if got := en.Opening(en.Tokens(tt.text)); got != tt.want {
			t.Errorf("Opening(%q) = %d, want %d", tt.text, got, tt.want)
		}
	}
	if de := For("de"); de.Opening(de.Tokens("So war es.")) != Alone {
		t.Error("a German sentence is judged by English openings")
	}
}
