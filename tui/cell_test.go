package tui

import (
	"strings"
	"testing"

	"cordon/tui/tuitest"
)

func TestEvents_aCellIsChosenPivotedLockedAndStepped(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana}).press("2", "G")
	d.expect("choose one of 5 names for p, L and n", "user dana@example.com for 24h")
	d.press("right", "right").expect("OS login root, target", "login root for 24h")
	d.press("right", "right", "right").expect("address 203.0.113.66, source", "Teleport cannot lock an address")
	d.press("N").expect("following address 203.0.113.66, 5 of 6").press("N").expect("following address 203.0.113.66, 4 of 6", "mfa.add")
	d.press("n", "n").expect("6 of 6").press("n").expect("No later event of address 203.0.113.66")
	d.press("p").expect("203.0.113.66  address", "logins")
}

func TestEvents_beyondTheLastCellNoneIsChosen(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana}).press("2", "g")
	d.press("left").expect("address 198.51.100.7, source").press("right").expect("choose one of 2 names")
	d.press("right").expect("user dana@example.com, actor").press("left").expect("choose one of 2 names").press("p")
	d.expect("pivot to")
}

// The chosen cell stands out in its row by more than colour.
func TestEvents_theChosenCellStandsOut(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: large, identity: tuitest.Dana}).press("2", "g", "left")
	scr := d.app.render()
	row := strings.Split(d.screen(), "\n")
	for y, line := range row {
		if !strings.Contains(line, "▸") || !strings.Contains(line, "198.51.100.7") {
			continue
		}
		x := len([]rune(line[:strings.Index(line, "198.51.100.7")]))
		chosen, plain := scr.CellAt(x, y).Style, scr.CellAt(x-2, y).Style
		if chosen.Equal(&plain) {
			t.Errorf("the cell is drawn like the rest of its row: %+v", chosen)
		}
		return
	}
	t.Fatalf("no row with the address:\n%s", strings.Join(row, "\n"))
}
