package term

import "fmt"

// broken says what is wrong inside the screen, or nothing.
func (s *Screen) broken() string {
	if s.x < 0 || s.x >= s.cols || s.y < 0 || s.y >= s.rows {
		return fmt.Sprintf("cursor %d,%d outside of %dx%d", s.x, s.y, s.cols, s.rows)
	}
	if s.left < 0 || s.right >= s.cols || s.left > s.right || s.narrow() && !s.modes.Has(ModeMargins) {
		return fmt.Sprintf("margins %d..%d of %d columns", s.left, s.right, s.cols)
	}
	if s.wrap && s.x != s.limit()-1 {
		return fmt.Sprintf("wrap pending in column %d", s.x)
	}
	if s.top < 0 || s.bottom >= s.rows || s.top > s.bottom {
		return fmt.Sprintf("region %d..%d of %d rows", s.top, s.bottom, s.rows)
	}
	if len(s.clusters.list) > maxClusters || len(s.extras.list) > maxExtras ||
		len(s.extras.links) > maxLinks || s.extras.linkBytes > maxLinkBytes {
		return "a side table is over its bound"
	}
	if len(s.parser.text) > maxOSC || len(s.title) > 3*maxTitle || len(s.titles) > maxTitles {
		return "a string is over its bound"
	}
	if len(s.back.lines) > s.back.limit {
		return "more scrollback than allowed"
	}
	for _, g := range []*grid{&s.main, &s.alt} {
		if g.rows != nil && len(g.rows) != s.rows {
			return fmt.Sprintf("%d rows of %d", len(g.rows), s.rows)
		}
		seen := make(map[*row]bool)
		for y, r := range g.rows {
			if seen[r] && r.owner == s.epoch.Load() {
				return fmt.Sprintf("row %d is on the screen twice", y)
			}
			seen[r] = true
			if r.owner == s.epoch.Load() && (r.width != s.cols || len(r.cells) != s.cols) {
				return fmt.Sprintf("row %d has %d of %d columns", y, len(r.cells), s.cols)
			}
			if msg := s.brokenRow(r); msg != "" {
				return fmt.Sprintf("row %d: %s", y, msg)
			}
		}
	}
	return ""
}

func (s *Screen) brokenRow(r *row) string {
	if r.cells != nil && len(r.cells) != r.width {
		return fmt.Sprintf("%d cells in %d columns", len(r.cells), r.width)
	}
	if r.used < 0 || r.used > len(r.cells) || r.rest.text&(textWide|textTail|textCluster) != 0 {
		return fmt.Sprintf("%d cells used, rest %+v", r.used, r.rest)
	}
	for x, c := range r.cells[:r.used] {
		wide := c.text&textWide != 0
		switch {
		case wide && (x+1 >= r.used || r.cells[x+1].text&textTail == 0):
			return fmt.Sprintf("column %d has half a wide character", x)
		case c.text&textTail != 0 && (x == 0 || r.cells[x-1].text&textWide == 0):
			return fmt.Sprintf("column %d is the end of nothing", x)
		case c.text&textCluster != 0 && int(c.text&textMask) >= len(s.clusters.list):
			return fmt.Sprintf("column %d has an unknown cluster", x)
		case int(c.extra) >= len(s.extras.list):
			return fmt.Sprintf("column %d has an unknown extra", x)
		}
	}
	return ""
}
