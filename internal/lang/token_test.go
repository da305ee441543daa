package lang

import (
	"fmt"
	"strings"
	"testing"
)

func TestTokens(t *testing.T) {
	tests := []struct{ text, want string }{
		{"The US confirmed Syria's move.", "the* US! confirm syria move"},
		{"Tell us who went", "tell us* who* go"},
		{"co-operation with al-Sharaa, U.S. forces", "cooper with* al sharaa US! forc"},
		{"3.5 million, 1,200 and 90th", "3.5# million 1200# and* 90th#"},
		{"Türkiye’s café", "turkiy cafe"},
		{"The _ferry_, __the__ f**err**y and **f**erry of #ferry_dora", "the* ferri the* ferri and* ferri of* ferri dora"},
		{"f*ck and 2*3*4 and *leaning* words", "f ck and* 2# 3# 4# and* lean word"},
		{"fer\u00adry fer\u200bry \u200eferry fer\u2060ry \u2067ferry\u2069 \u202eferry", "ferri ferri ferri ferri ferri ferri"},
		{"ﬁrst ﬂag ｆｅｒｒｙ １２", "first flag ferri 12#"},
		{"fer-\nry, fer-\n  ry, fer\u00ad\n ry, well-\nknown, Kasz-\nubia and Mr-\nSmith", "ferri ferri ferri well know kaszubia and* mr smith"},
		{"23¹ people in 2019², 10²¹ metres, 10⁻¹⁰, m³", "23# person in* 2019# 1e21# metr 1e-10# m*"},
		{"H₂O and CO₂", "h2o! and* co2!"},
		{"1½ and ½", "1# ½# and* ½#"},
		{"toll ~~40~~ 23 people ~ 3 ~~", "toll 23# person 3#"},
		{"toll <!-- 40 --> 23 <!-- open", "toll 23# open"},
		{"", ""},
		{"¿…? 🎉", ""},
	}
	en := For("en")
	for _, tt := range tests {
		var got []string
		for _, k := range en.Tokens(tt.text) {
			s := k.Stem
			if k.Stop {
				s += "*"
			}
			if k.Acronym {
				s += "!"
			}
			if k.Number {
				s += "#"
			}
			got = append(got, s)
		}
		if g := strings.Join(got, " "); g != tt.want {
			t.Errorf("Tokens(%q) = %q, want %q", tt.text, g, tt.want)
		}
	}
}

// TestTokensStandInTheText: however a word is read, its place is the text's.
func TestTokensStandInTheText(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"en", "_ferry_ of f**err**y", "ferry|of|f**err**y"},
		{"en", "a ﬁrst fer\u00adry\u200b, fer-\nry", "a|ﬁrst|fer\u00adry|fer-\nry"},
		{"en", "\u200eH₂O ~~no~~ 10²¹ 23¹", "H₂O|10²¹|23"},
		{"fr", "L'ouvrier d’ouvriers qu'il aujourd'hui l'", "L'|ouvrier|d’|ouvriers|qu'|il|aujourd'hui|l"},
		{"it", "dell'acqua all'", "dell'|acqua|all"},
		{"en", "d'Artagnan", "d'Artagnan"},
	} {
		var got []string
		for _, k := range For(c.lang).Tokens(c.text) {
			got = append(got, c.text[k.Start:k.End])
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	fr := For("fr").Tokens("d'ouvriers ouvriers")
	if fr[1].Stem != fr[2].Stem || !fr[0].Stop {
		t.Errorf("%+v", fr)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a-b-c d", "U.S.-led 3.5", "é\xff\x00", "كانون الثاني", "日本語です", "~~a~~ f**e**y\u00ad ﬁ10²¹ <!-- -->", "a-\nb_c"} {
		f.Add(s)
	}
	en := For("en")
	f.Fuzz(func(t *testing.T, s string) {
		last := 0
		for _, k := range en.Tokens(s) {
			if k.Start < last || k.End <= k.Start || k.End > len(s) {
				t.Fatalf("token %+v of %q is out of order or bounds", k, s)
			}
			last = k.End
		}
	})
}

func TestCosine(t *testing.T) {
	v := English()
	near := v.Cosine(v.Row("king"), v.Row("queen"))
	far := v.Cosine(v.Row("king"), v.Row("spoon"))
	if near <= far+0.2 {
		t.Errorf("cosine of king and queen %.2f, of king and spoon %.2f: want the first well above", near, far)
	}
	if c := v.Cosine(v.Row("king"), v.Row("king")); c < 0.999 || c > 1.001 {
		t.Errorf("cosine of a word and itself = %v, want 1", c)
	}
	if v.Cosine(-1, 3) != 0 {
		t.Error("cosine with a word outside the table is not 0")
	}
}

func BenchmarkTokens(b *testing.B) {
	en := For("en")
	text := strings.Repeat("American forces have bases in areas controlled by the Syrian Democratic Forces. ", 10)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		en.Tokens(text)
	}
}

func ExampleLanguage_Tokens() {
	for _, t := range For("en").Tokens("23 people were killed") {
		fmt.Print(t.Stem, " ")
	}
	// Output: 23 person were kill
}
