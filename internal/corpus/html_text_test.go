package corpus

import (
	"testing"
)

// TestWhatAReaderOfThePageSees: neither do marks that are raised become digits
// of a number, nor is what was struck out among the words.
func TestWhatAReaderOfThePageSees(t *testing.T) {
	for _, c := range []struct{ page, want string }{
		{"<p>The quake killed 23<sup>1</sup> people in 2019<sup>2</sup>, the council said.", "The quake killed 23¹ people in 2019², the council said."},
		{"<p>The star is 10<sup>21</sup> metres away.", "The star is 10²¹ metres away."},
		{"<p>An atom has 10<sup> -10 </sup> metres.", "An atom has 10⁻¹⁰ metres."},
		{"<p>H<sub>2</sub>O and CO<sub>2</sub> and x<sub>n+1</sub>.", "H₂O and CO₂ and xₙ₊₁."},
		{"<p>It grew by 10<sup>3.5</sup> or 2<sup>x/y</sup> and a<sub>3.5</sub>.", "It grew by 10^(3.5) or 2^(x/y) and a_(3.5)."},
		{"<p>The 21<sup>st</sup> century, M<sup>me</sup> Curie, Verbatim<sup>TM</sup>.", "The 21st century, Mme Curie, Verbatim™."},
		{"<p>A<sup>2<sup>3</sup></sup>.", "A^(2³)."},
		{`<p>Killed 23<sup><a href="#fn1">1</a></sup> people<sup>[2]</sup>, it said.<sup>†</sup> No.`, "Killed 23 people, it said. No."},
		{`<p>Killed 23<a href="#fn1"><sup>1</sup></a> people<sup class="reference">2</sup> in 2019<sup><a role="doc-noteref" href="n.html">3</a></sup>.`, "Killed 23 people in 2019."},
		{`<p>See <a href="#areas">50 m<sup>2</sup></a>.`, "See 50 m²."},
		{"<p>The toll was first put at <del>40</del><ins>23</ins> families.", "The toll was first put at 23 families."},
		{"<p>Rents rose by <s>9</s> 12 or <strike>13</strike> 14 per cent.", "Rents rose by 12 or 14 per cent."},
		{"<p>Raised <sup>is what this page sets all of its long text in, 12 times over</sup>.", "Raised is what this page sets all of its long text in, 12 times over."},
		{"<p>A.<table><tr><th>Area<td>50 m<sup>2</sup><td><s>9</s> 12<br>families</table>", "A.\n\nArea | 50 m² | 12 families"},
		{"<p>A.<pre>x<sup>2</sup><br>y <del>z</del></pre>", "A.\n\nx²\ny"},
	} {
		if got := parse(t, "a.html", c.page).Text; got != c.want {
			t.Errorf("%s\n got %q\nwant %q", c.page, got, c.want)
		}
	}
	const page = `<h1>E = mc<sup>2</sup>,<br><s>not</s> in 2019<sup><a href="#n">1</a></sup></h1><p>Text.`
	if got := parse(t, "a.html", page).Title; got != "E = mc², in 2019" {
		t.Errorf("title %q", got)
	}
}

// TestHiddenTextIsNotRead: what a page hides where it stands is nobody's text.
func TestHiddenTextIsNotRead(t *testing.T) {
	for _, hidden := range []string{
		`hidden`, `aria-hidden="true"`, `style="display:none"`, `style="color:red; DISPLAY : none !important"`, `style="display:/* x */none"`,
		`style="visibility:hidden"`, `style="visibility: collapse"`, `style="opacity:0"`, `style="opacity: .0;"`, `style="opacity:0%"`,
		`style="font-size:0"`, `style="font-size: 0px !important"`,
	} {
		page := "<h1>The ferry<span " + hidden + ">Hidden</span></h1><p>It sailed<span " + hidden + ">, which it never did</span>.<template>No</template><p " + hidden + ">Hidden.</p>"
		if a := parse(t, "a.html", page); a.Text != "The ferry\n\nIt sailed." || a.Title != "The ferry" {
			t.Errorf("%s: %q under %q", hidden, a.Text, a.Title)
		}
	}
	for _, seen := range []string{`style="display:block"`, `style="opacity:0.5"`, `style="opacity:10%"`, `style="font-size:10px"`, `style="font-size:0.8em"`, `style="x:/*"`, `aria-hidden="false"`} {
		if got := parse(t, "a.html", "<p>It <b "+seen+">sailed</b>.").Text; got != "It sailed." {
			t.Errorf("%s: %q", seen, got)
		}
	}
}
