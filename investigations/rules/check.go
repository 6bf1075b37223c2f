package rules

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	idForm        = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	techniqueForm = regexp.MustCompile(`^T[0-9]{4}(\.[0-9]{3})?$`)
)

// check compiles the rule. An error comes with the key that it is about.
func (r *Rule) check() (key string, err error) {
	switch {
	case !idForm.MatchString(r.ID):
		return "id", fmt.Errorf("the id %q must be lower-case words joined by dots or dashes, such as login.no-mfa", r.ID)
	case r.Title == "":
		return "title", fmt.Errorf("the title is missing")
	case r.Severity.rank() == 0:
		return "severity", fmt.Errorf("the severity %q must be low, medium, high or critical", r.Severity)
	case len(r.Attack) == 0 || slices.ContainsFunc(r.Attack, func(t string) bool { return !techniqueForm.MatchString(t) }):
		return "attack", fmt.Errorf("attack must list ATT&CK technique ids, such as [T1078]")
	case r.Log == "":
		return "log", fmt.Errorf("log is missing: say which servers log what the rule needs")
	case r.About == "":
		return "about", fmt.Errorf("about is missing: say what a finding can mean")
	case r.Why == "":
		return "why", fmt.Errorf("why is missing: say what matched, with its values in braces")
	case r.Next == "":
		return "next", fmt.Errorf("next is missing: give the command to type next")
	}
	if key, err := r.checkSteps(); err != nil {
		return key, err
	}
	if err := checkAll(r.Allow); err != nil {
		return "allow", err
	}
	if r.group, err = parseSources(r.Group); err != nil {
		return "group", err
	}
	if r.why, err = r.template(r.Why); err != nil {
		return "why", err
	}
	if r.next, err = r.template(r.Next); err != nil {
		return "next", err
	}
	return r.checkForm()
}

// checkForm looks at what makes the rule speak: one event, several of a kind,
// one after the other, or something new.
func (r *Rule) checkForm() (key string, err error) {
	forms := 0
	for _, has := range []bool{len(r.Then) > 0, r.Threshold != nil, r.FirstSeen != nil} {
		if has {
			forms++
		}
	}
	switch {
	case forms > 1:
		return "threshold", fmt.Errorf("then, threshold and first_seen do not go together: write two rules")
	case (len(r.Then) > 0) != (r.Within > 0):
		return "within", fmt.Errorf("then and within go together: within says how long the steps may take, such as 1h")
	}
	if t := r.Threshold; t != nil {
		if t.by, err = parseSources(t.By); err != nil {
			return "threshold", err
		}
		if key, err := t.check(); err != nil {
			return key, err
		}
	}
	if f := r.FirstSeen; f != nil {
		if f.by, err = parseSources(f.By); err != nil || len(f.By) == 0 {
			return "first_seen", fmt.Errorf("first_seen needs by, the values of whose history is kept, such as [user]: %v", err)
		}
		if f.of, err = parseSource(f.Of); err != nil {
			return "first_seen", err
		}
		if f.Learn <= 0 {
			return "first_seen", fmt.Errorf("first_seen needs learn, how long history must be before something counts as new, such as 168h")
		}
	}
	return "", nil
}

func (t *Threshold) check() (key string, err error) {
	const most = 10000
	switch {
	case t.Within <= 0:
		return "threshold", fmt.Errorf("the threshold needs within, such as 15m")
	case t.Sum == "" && (t.Count < 2 || t.Count > most):
		return "threshold", fmt.Errorf("the threshold needs a count from 2 to %d", most)
	case t.Sum != "" && (t.AtLeast <= 0 || t.Count != 0 || t.Distinct != ""):
		return "threshold", fmt.Errorf("sum goes with at_least alone")
	}
	if t.Distinct != "" {
		if t.distinct, err = parseSource(t.Distinct); err != nil {
			return "threshold", err
		}
	}
	if t.Sum != "" {
		if t.sum, err = parseSource(t.Sum); err != nil {
			return "threshold", err
		}
	}
	return "", nil
}

func (r *Rule) checkSteps() (key string, err error) {
	bound := map[string]bool{}
	for i, s := range r.steps() {
		key := "on"
		if i > 0 {
			key = "then"
		}
		if len(s.Events) == 0 {
			return key, fmt.Errorf("events is missing: name the event types, such as [user.login]")
		}
		if err := checkAll(s.Where); err != nil {
			return key, err
		}
		if s.bind, err = bindings(s.Bind); err != nil {
			return key, err
		}
		if s.differs, err = bindings(s.Differs); err != nil {
			return key, err
		}
		for _, d := range s.differs {
			if !bound[d.name] {
				return key, fmt.Errorf("differs names %s, which no earlier step binds", d.name)
			}
		}
		if i > 0 && !slices.ContainsFunc(s.bind, func(b binding) bool { return bound[b.name] }) {
			return key, fmt.Errorf("a step of then must bind a name that an earlier step binds: what do the events have in common?")
		}
		for _, b := range s.bind {
			bound[b.name] = true
		}
	}
	return "", nil
}

func checkAll(nodes []Node) error {
	for i := range nodes {
		if err := nodes[i].check(1); err != nil {
			return err
		}
	}
	return nil
}

func parseSources(list []string) ([]source, error) {
	var out []source
	for _, s := range list {
		from, err := parseSource(s)
		if err != nil {
			return nil, err
		}
		out = append(out, from)
	}
	return out, nil
}

func bindings(m map[string]string) ([]binding, error) {
	var out []binding
	for name, s := range m {
		from, err := parseSource(s)
		if err != nil {
			return nil, err
		}
		out = append(out, binding{name, from})
	}
	slices.SortFunc(out, func(a, b binding) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	return out, nil
}

// dangers are the classes of dangerous commands that the rule's steps ask for.
func (r *Rule) dangers() []string {
	var out []string
	for _, s := range r.steps() {
		for i := range s.Where {
			out = s.Where[i].dangers(out)
		}
	}
	return out
}

func (n *Node) dangers(into []string) []string {
	into = append(into, n.Danger...)
	for _, list := range [][]Node{n.All, n.Any} {
		for i := range list {
			into = list[i].dangers(into)
		}
	}
	return into
}
