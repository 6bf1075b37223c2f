package action

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Registry is the list of all actions with the keys in force. It is read-only
// after it was made and safe to share.
type Registry struct {
	actions []Action
	byID    map[ID]int
	byKey   map[Scope]map[string]int
}

// New makes a registry. It reports every action without id, help, scope or
// key, every id that is used twice, and every key that is used twice in a scope.
func New(actions []Action) (*Registry, error) {
	r := &Registry{
		actions: slices.Clone(actions),
		byID:    make(map[ID]int, len(actions)),
		byKey:   make(map[Scope]map[string]int),
	}
	var errs []error
	for i, a := range r.actions {
		if a.ID == "" || a.Short == "" || a.Long == "" || a.Scope == "" {
			errs = append(errs, fmt.Errorf("action %q lacks an id, a help or a scope", a.ID))
		}
		if _, twice := r.byID[a.ID]; twice {
			errs = append(errs, fmt.Errorf("action %s is registered twice", a.ID))
			continue
		}
		r.byID[a.ID] = i
		errs = append(errs, r.bind(i))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// bind enters the keys of the i-th action.
func (r *Registry) bind(i int) error {
	a := r.actions[i]
	keys := r.byKey[a.Scope]
	if keys == nil {
		keys = make(map[string]int)
		r.byKey[a.Scope] = keys
	}
	var errs []error
	for _, key := range a.Keys {
		if key == "" {
			errs = append(errs, fmt.Errorf("action %s has an empty key", a.ID))
			continue
		}
		if other, taken := keys[key]; taken {
			errs = append(errs, fmt.Errorf("key %q is bound to both %s and %s (%s)", key, r.actions[other].ID, a.ID, a.Scope))
			continue
		}
		keys[key] = i
	}
	return errors.Join(errs...)
}

// Remap returns a registry in which the given actions have other keys. An empty
// list takes all keys away; the action stays in the palette.
func (r *Registry) Remap(keys map[ID][]string) (*Registry, error) {
	actions := slices.Clone(r.actions)
	ids := make([]string, 0, len(keys))
	for id := range keys {
		ids = append(ids, string(id))
	}
	sort.Strings(ids)
	var unknown []string
	for _, id := range ids {
		for _, key := range keys[ID(id)] {
			if err := checkKey(key); err != nil {
				return nil, fmt.Errorf("action %s: %w", id, err)
			}
		}
		i, ok := r.byID[ID(id)]
		if !ok {
			unknown = append(unknown, id)
			continue
		}
		actions[i].Keys = slices.Clone(keys[ID(id)])
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("unknown actions in the key file: %s", strings.Join(unknown, ", "))
	}
	remapped, err := New(actions)
	if err != nil {
		return nil, err
	}
	for _, id := range unlosable {
		if a, ok := remapped.Get(id); ok && len(a.Keys) == 0 {
			return nil, fmt.Errorf("action %s must keep a key", id)
		}
	}
	return remapped, nil
}

// unlosable are the actions without which a responder could be stuck.
var unlosable = []ID{Close, Palette, Help, Quit, TerminalLeave}

// Get returns an action by id.
func (r *Registry) Get(id ID) (Action, bool) {
	i, ok := r.byID[id]
	if !ok {
		return Action{}, false
	}
	return r.actions[i], true
}

// All returns the actions in the order of registration.
func (r *Registry) All() []Action { return slices.Clone(r.actions) }

// Lookup returns the action of a key, from the first scope of the chain that
// knows it. The global scope is always the last of the chain.
func (r *Registry) Lookup(key string, chain ...Scope) (Action, bool) {
	for _, scope := range chain {
		if i, ok := r.byKey[scope][key]; ok {
			return r.actions[i], true
		}
	}
	if i, ok := r.byKey[Global][key]; ok {
		return r.actions[i], true
	}
	return Action{}, false
}

// Within returns the actions that can be reached along a chain, the narrower
// scopes first. An action whose keys all mean something else there is left out.
func (r *Registry) Within(chain ...Scope) []Action {
	var out []Action
	seen := make(map[Scope]bool, len(chain)+1)
	for _, scope := range append(slices.Clone(chain), Global) {
		if seen[scope] {
			continue
		}
		seen[scope] = true
		for _, a := range r.actions {
			if a.Scope == scope && r.reachable(a, chain) {
				out = append(out, a)
			}
		}
	}
	return out
}

func (r *Registry) reachable(a Action, chain []Scope) bool {
	if len(a.Keys) == 0 {
		return true // by the palette
	}
	return len(r.liveKeys(a, chain)) > 0
}

// liveKeys returns the keys of an action that still reach it in a chain.
func (r *Registry) liveKeys(a Action, chain []Scope) []string {
	var keys []string
	for _, key := range a.Keys {
		if found, ok := r.Lookup(key, chain...); ok && found.ID == a.ID {
			keys = append(keys, key)
		}
	}
	return keys
}
