package corpus

import (
	"regexp"
	"strings"
)

// maxCaption is the length in bytes up to which a paragraph may be a caption,
// a byline or a piece of navigation.
const maxCaption = 240

// captions match whole short paragraphs that aren't the article's prose. They
// are narrow on purpose: a caption quoted is a small fault, a sentence that
// can't be found is a large one.
var captions = []*regexp.Regexp{
	// By Jane Doe; By Jane Doe and John Roe in Paris; Words by Jane Doe
	regexp.MustCompile(`^(By|Words by|Written by|Story by|Reporting by|Edited by) \p{Lu}[\p{L}'’.-]*( (and|in|for|of|&|\p{Lu}[\p{L}'’.-]*),?){0,9}$`),
	// Photograph: Jane Doe/Agency; Image credit: Agency; Photo by Jane Doe
	regexp.MustCompile(`^(?i:photo(graph)?s?|pictures?|images?|illustrations?|videos?|graphics?|credits?|(photo|image|picture|video) credits?)( by\b|:| ?[/|©]).{1,200}$`),
	regexp.MustCompile(`^(©|\(c\)|Copyright ©).{0,200}$`),
	// Read more: Another story; See also: ...; Related: ...
	regexp.MustCompile(`^(?i:read (more|next|also)|see also|related( (articles?|stories))?|more on this( story)?|watch|listen|further reading|sign up|subscribe|follow us)( here| now)?:.{0,200}$`),
	// The same as a bare link, and words that stand on every page
	regexp.MustCompile(`^(?i:advertisement|advertisement - (scroll to continue|continue reading below)|article continues (below|after (this )?advertisement)|story continues below( this)? advertisement|read (more|next|also)|see also|related( (articles?|stories))?|share( this( (article|story))?)?|skip to (main )?content|loading\.*|print|comments?|subscribe( now)?|sign (in|up)( now)?|back to top)[.…]?$`),
}

// imagesOnly matches a paragraph of images, linked or not, with no word of its
// own.
var imagesOnly = regexp.MustCompile(`^(\[?!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])(\](\([^)]*\)|\[[^\]]*\]))?\s*)+$`)

// linkOrEmphasis is the markup that may wrap a caption as a whole.
var linkOrEmphasis = regexp.MustCompile(`^[*_\[]*([^\]]*?)[*_]*(\]\([^)\s]*\))?[*_]*$`)

// isCaption reports whether the paragraph is a caption, a byline, or a piece
// of navigation as a whole.
func isCaption(text string) bool {
	if strings.HasPrefix(strings.TrimPrefix(text, "["), "![") && imagesOnly.MatchString(text) {
		return true
	}
	if len(text) > maxCaption || strings.Contains(text, "\n") {
		return false
	}
	if m := linkOrEmphasis.FindStringSubmatch(text); m != nil {
		text = strings.TrimSpace(m[1])
	}
	for _, c := range captions {
		if c.MatchString(text) {
			return true
		}
	}
	return false
}
