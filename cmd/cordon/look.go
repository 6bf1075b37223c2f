package main

import (
	"os"
	"strconv"
	"strings"

	"cordon/themes"
)

// styles are the console's colours: of the theme asked for, by name or file, or
// what fits the terminal.
func (p *program) styles(mode themes.Mode) (*themes.Styles, error) {
	palette, err := p.palette()
	if err != nil {
		return nil, misuse("the themes are "+strings.Join(themes.Names(), ", "), "%w", err)
	}
	return themes.New(themes.Options{Palette: palette, Mode: mode, ASCII: p.ascii})
}

func (p *program) palette() (themes.Palette, error) {
	dark := darkTerminal(p.env("COLORFGBG"))
	name := themes.Choose(p.theme, dark, p.env)
	palette, err := themes.Load(name)
	if err == nil || name != p.theme {
		return palette, err
	}
	data, readErr := os.ReadFile(p.theme)
	if readErr != nil {
		return palette, err
	}
	return themes.Parse(data, themes.Choose("", dark, p.env))
}

// darkTerminal reads the ground from what some terminals put into the
// environment. Asking the terminal itself could wait for an answer that never
// comes.
func darkTerminal(colors string) bool {
	_, ground, ok := strings.Cut(colors, ";")
	if i := strings.LastIndexByte(ground, ';'); i >= 0 {
		ground = ground[i+1:]
	}
	n, err := strconv.Atoi(ground)
	return !ok || err != nil || n < 7 || n == 8
}
