// Package terminal is a pane in which a program runs: its screen, a line above
// it that says what runs and how it ended, and its scrollback. It turns keys, a
// paste and the mouse into what a terminal sends for them.
//
// The program takes every key while it runs; which one gives the keys back is
// the app's to say. What the program draws reaches the console through
// pane/screen only, so it can neither answer for the responder nor leave its
// rectangle.
package terminal
