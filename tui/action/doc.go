// Package action is the registry of everything a responder can do in the
// console. The footer, the help, the palette, menus and the table of keys in the
// README are all made from it, so none of them can disagree with what a key does.
//
// An action has an id that never changes, default keys, a short and a long help,
// the scope in which its keys work, and a danger flag. Whether it can run just
// now is asked of the caller through [State]: the answer is the reason why not,
// or empty. A disabled action stays visible, with its reason.
//
// Keys are looked up along a chain of scopes from the narrowest to the global
// one; a narrower scope may give a key another meaning (space plays in a replay
// and stars elsewhere). Two actions with one key in the same scope are an error
// that names both ids, also after the responder's own keys were applied.
//
// The package runs nothing: the app acts on ids.
package action
