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

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a-b-c d", "U.S.-led 3.5", "é\xff\x00", "كانون الثاني", "日本語です"} {
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
