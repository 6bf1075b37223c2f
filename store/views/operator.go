package views

import (
	"cmp"
	"math"
	"strings"
)

// The comparisons, by operator. Text compares byte by byte.
var comparisons = map[string]*builtin{
	"=":  comparison("=", func(c int) bool { return c == 0 }),
	"<>": comparison("<>", func(c int) bool { return c != 0 }),
	"<":  comparison("<", func(c int) bool { return c < 0 }),
	"<=": comparison("<=", func(c int) bool { return c <= 0 }),
	">":  comparison(">", func(c int) bool { return c > 0 }),
	">=": comparison(">=", func(c int) bool { return c >= 0 }),
}

func comparison(op string, holds func(c int) bool) *builtin {
	return &builtin{
		name: op,
		two:  func(_ *node, a, b Value) (Value, error) { return boolValue(holds(compare(a, b))), nil },
		sql:  func(args []string) string { return "(" + args[0] + " " + op + " " + args[1] + ")" },
	}
}

// compare orders two values of one type that are not NULL.
func compare(a, b Value) int {
	switch {
	case a.Kind == Text || a.Kind == JSON:
		return strings.Compare(a.Text, b.Text)
	case a.Kind == Float || b.Kind == Float:
		return cmp.Compare(a.float(), b.float())
	}
	return cmp.Compare(a.Int, b.Int)
}

var opDistinct = &builtin{
	name: "is distinct from",
	build: func(c *compiler, n *node) evalFn {
		x, y := c.compile(n.args[0]), c.compile(n.args[1])
		return func(f *frame) (Value, error) {
			a, err := x(f)
			if err != nil {
				return Value{}, err
			}
			b, err := y(f)
			if a.null() || b.null() {
				return boolValue(a.null() != b.null()), err
			}
			return boolValue(compare(a, b) != 0), err
		}
	},
	sql: func(args []string) string { return "(" + args[0] + " IS NOT " + args[1] + ")" },
}

var opIsNull = &builtin{
	name: "is null",
	build: func(c *compiler, n *node) evalFn {
		x := c.compile(n.args[0])
		return func(f *frame) (Value, error) {
			a, err := x(f)
			return boolValue(a.null()), err
		}
	},
	sql: func(args []string) string { return "(" + args[0] + " IS NULL)" },
}

var opNot = &builtin{
	name: "not",
	one:  func(_ *node, a Value) (Value, error) { return boolValue(a.Int == 0), nil },
	sql:  func(args []string) string { return "(NOT " + args[0] + ")" },
}

var (
	opAnd = logic("AND", false)
	opOr  = logic("OR", true)
)

// logic is AND or OR of any number of conditions: the one that decides alone
// does, and NULL otherwise hides the answer.
func logic(word string, decides bool) *builtin {
	return &builtin{
		name: strings.ToLower(word),
		build: func(c *compiler, n *node) evalFn {
			args := c.all(n.args)
			return func(f *frame) (Value, error) {
				answer := boolValue(!decides)
				for _, arg := range args {
					v, err := arg(f)
					switch {
					case err != nil:
						return Value{}, err
					case v.null():
						answer = v
					case v.holds() == decides:
						return v, nil
					}
				}
				return answer, nil
			}
		},
		sql: func(args []string) string { return balanced(word, args) },
	}
}

// balanced nests long chains evenly, because SQLite bounds the depth of an
// expression.
func balanced(word string, args []string) string {
	if len(args) <= 8 {
		return "(" + strings.Join(args, " "+word+" ") + ")"
	}
	half := len(args) / 2
	return "(" + balanced(word, args[:half]) + " " + word + " " + balanced(word, args[half:]) + ")"
}

func (c *compiler) all(nodes []*node) []evalFn {
	fns := make([]evalFn, len(nodes))
	for i, n := range nodes {
		fns[i] = c.compile(n)
	}
	return fns
}

// opCase takes conditions and values in turn, and what else there is last.
var opCase = &builtin{
	name: "case",
	build: func(c *compiler, n *node) evalFn {
		args := c.all(n.args)
		return func(f *frame) (Value, error) {
			i := 0
			for ; i+1 < len(args); i += 2 {
				v, err := args[i](f)
				if err != nil {
					return Value{}, err
				}
				if v.holds() {
					return args[i+1](f)
				}
			}
			return args[i](f)
		}
	},
}

var opCoalesce = &builtin{
	name: "coalesce",
	build: func(c *compiler, n *node) evalFn {
		args := c.all(n.args)
		return func(f *frame) (v Value, err error) {
			for _, arg := range args {
				if v, err = arg(f); err != nil || !v.null() {
					return v, err
				}
			}
			return v, nil
		}
	},
}

var opTry = &builtin{
	name: "try",
	build: func(c *compiler, n *node) evalFn {
		inner := *c
		inner.strict = true
		x := inner.compile(n.args[0])
		return func(f *frame) (Value, error) {
			v, err := x(f)
			if err != nil {
				return Value{}, nil
			}
			return v, nil
		}
	},
}

// opIn takes a value and the list that it may be in.
var opIn = &builtin{
	name: "in",
	build: func(c *compiler, n *node) evalFn {
		x := c.compile(n.args[0])
		if set, hasNull, ok := literalSet(n.args[1:]); ok {
			return func(f *frame) (Value, error) {
				v, err := x(f)
				if err != nil || v.null() {
					return Value{}, err
				}
				return boolValue(set[v]).unless(hasNull && !set[v]), nil
			}
		}
		list := c.all(n.args[1:])
		return func(f *frame) (Value, error) {
			v, err := x(f)
			if err != nil || v.null() {
				return Value{}, err
			}
			answer := boolValue(false)
			for _, item := range list {
				switch w, err := item(f); {
				case err != nil:
					return Value{}, err
				case w.null():
					answer = w
				case compare(v, w) == 0:
					return boolValue(true), nil
				}
			}
			return answer, nil
		}
	},
}

func literalSet(nodes []*node) (set map[Value]bool, hasNull, ok bool) {
	set = make(map[Value]bool, len(nodes))
	for _, n := range nodes {
		switch {
		case n.kind != literalNode || n.value.Kind == Float:
			return nil, false, false
		case n.value.null():
			hasNull = true
		default:
			set[n.value] = true
		}
	}
	return set, hasNull, true
}

// The arithmetic, by operator and then by what it takes.
func wholeOp(name string, op func(a, b int64) (int64, bool)) *builtin {
	return &builtin{name: name, two: func(_ *node, a, b Value) (Value, error) {
		n, ok := op(a.Int, b.Int)
		if !ok {
			return Value{}, errorf("%d %s %d is not a whole number of 64 bits", a.Int, name, b.Int)
		}
		return Value{Kind: a.Kind, Int: n}, nil
	}}
}

func doubleOp(name string, op func(a, b float64) float64) *builtin {
	return &builtin{name: name, two: func(_ *node, a, b Value) (Value, error) {
		return doubleValue(op(a.float(), b.float())), nil
	}}
}

var (
	wholeOps = map[string]*builtin{
		"+": wholeOp("+", addWhole),
		"-": wholeOp("-", func(a, b int64) (int64, bool) { c := a - b; return c, (c < a) == (b > 0) }),
		"*": wholeOp("*", mulWhole),
		"/": wholeOp("/", func(a, b int64) (int64, bool) {
			if b == 0 || a == math.MinInt64 && b == -1 {
				return 0, false
			}
			return a / b, true
		}),
		"%": wholeOp("%", func(a, b int64) (int64, bool) {
			if b == 0 {
				return 0, false
			}
			if b == -1 {
				return 0, true
			}
			return a % b, true
		}),
	}
	doubleOps = map[string]*builtin{
		"+": doubleOp("+", func(a, b float64) float64 { return a + b }),
		"-": doubleOp("-", func(a, b float64) float64 { return a - b }),
		"*": doubleOp("*", func(a, b float64) float64 { return a * b }),
		"/": doubleOp("/", func(a, b float64) float64 { return a / b }),
		"%": doubleOp("%", math.Mod),
	}
)

func addWhole(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

func mulWhole(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	c := a * b
	return c, c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64)
}

var opNegate = &builtin{name: "-", one: func(_ *node, a Value) (Value, error) {
	if a.Kind == Float {
		return doubleValue(-a.float()), nil
	}
	if a.Int == math.MinInt64 {
		return Value{}, errorf("-%d does not fit 64 bits", a.Int)
	}
	return Value{Kind: a.Kind, Int: -a.Int}, nil
}}

// shiftTime adds milliseconds to a timestamp or takes them away.
func shiftTime(name string, sign int64) *builtin {
	return &builtin{name: name, two: func(_ *node, a, b Value) (Value, error) {
		return Value{Kind: Time, Int: a.Int + sign*b.Int}, nil
	}}
}

var (
	opAddTime  = shiftTime("+", 1)
	opSubTime  = shiftTime("-", -1)
	opTimeDiff = &builtin{name: "-", two: func(_ *node, a, b Value) (Value, error) { return intValue(a.Int - b.Int), nil }}
	// opAddDays adds milliseconds, whole days of them, to a date.
	opAddDays = &builtin{name: "+", two: func(_ *node, a, b Value) (Value, error) {
		if b.Int%dayMilliseconds != 0 {
			return Value{}, errorf("a date moves by whole days only")
		}
		return Value{Kind: Date, Int: a.Int + b.Int/dayMilliseconds}, nil
	}}
	opDayDiff = &builtin{name: "-", two: func(_ *node, a, b Value) (Value, error) {
		return intValue((a.Int - b.Int) * dayMilliseconds), nil
	}}
	opAddMonths = &builtin{name: "+", two: func(_ *node, a, b Value) (Value, error) { return addMonths(a, b.Int) }}
	opScale     = &builtin{name: "*", two: func(_ *node, a, b Value) (Value, error) { return intValue(int64(float64(a.Int) * b.float())), nil }}
	opConcat    = &builtin{name: "||", two: func(_ *node, a, b Value) (Value, error) { return textValue(a.Text + b.Text), nil }}
)
