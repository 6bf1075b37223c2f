// Package tui is the console: one tea.Model, the App, with its pages, dialogs,
// trail and lock preview.
//
// The rules that the package keeps:
//
//   - Update and View never wait. What is slow runs in a command through
//     pane.Work, which counts it, cancels it, and drops late answers.
//   - The effect of the lock key stands on the screen before it is pressed: the
//     app prepares the plan for the selected row and keeps it in sight on every
//     page. The key places exactly the plan that was shown, and nothing while
//     none is shown. A paste never acts.
//   - Pages draw into rectangles that layout.go computes from the size alone.
//     They say what they want of the app through their outbox.
//   - What arrives from a live cluster moves nothing: the pages show it when the
//     responder asks. The locks and what runs are read again by themselves, under
//     a cursor that stays.
//   - What a program beside the case shows on its screen proves nothing. A step of
//     a plan is done when the event that proves it is in the case.
//   - The trail is where the responder has been. It is kept in the case, so that
//     the console opens again at the same place.
//   - Text from evidence passes safetext before it becomes part of a line.
//
// The package gets the case through small interfaces of tui/pane and does not
// know the store.
package tui
