package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cordon/investigations/queries"
)

// print writes an expression with all its parentheses.
func print(x Expr) string {
	list := func(xs []Expr) string {
		var parts []string
		for _, x := range xs {
			parts = append(parts, print(x))
		}
		return strings.Join(parts, " ")
	}
	switch x := x.(type) {
	case *Column:
		var parts []string
		for _, p := range x.Parts {
			parts = append(parts, p.Name)
		}
		return strings.Join(parts, ".")
	case *Number:
		return x.Text
	case *String:
		return fmt.Sprintf("%q", x.Text)
	case *Constant:
		return x.Word
	case *Typed:
		return x.Type + " " + x.Text
	case *Interval:
		return "interval " + x.Text + " " + x.Unit
	case *Logic:
		return "(" + x.Op + " " + list(x.Args) + ")"
	case *Not:
		return "(NOT " + print(x.X) + ")"
	case *Negate:
		return "(- " + print(x.X) + ")"
	case *Binary:
		return "(" + x.Op + " " + print(x.Left) + " " + print(x.Right) + ")"
	case *IsNull:
		return "(null? " + print(x.X) + ")"
	case *Between:
		return "(between " + list([]Expr{x.X, x.Low, x.High}) + ")"
	case *In:
		return "(in " + print(x.X) + " " + list(x.List) + ")"
	case *Like:
		return "(like " + print(x.X) + " " + print(x.Pattern) + ")"
	case *Call:
		return x.Name + "[" + list(x.Args) + "]"
	case *Subscript:
		return print(x.X) + "@" + print(x.Index)
	case *Field:
		return print(x.X) + "." + x.Name.Name
	case *AtZone:
		return "(zone " + print(x.X) + " " + print(x.Zone) + ")"
	case *Lambda:
		return "(\\" + x.Params[0].Name + " " + print(x.Body) + ")"
	}
	return fmt.Sprintf("%T", x)
}

func TestParse_bindsOperatorsByTheirStrength(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"a or b and not c = d or e", "(OR a (AND b (NOT (= c d))) e)"},
		{"not a = 1 and b", "(AND (NOT (= a 1)) b)"},
		{"1 + 2 * 3 - 4 / 5 % 6", "(- (+ 1 (* 2 3)) (% (/ 4 5) 6))"},
		{"a || b || c = 'x' || d", `(= (|| (|| a b) c) (|| "x" d))`},
		{"a - -b + - - 1", "(+ (- a (- b)) (- (- 1)))"},
		{"x between 1 and 2 + 3 and y", "(AND (between x 1 (+ 2 3)) y)"},
		{"x not between 1 and 2 or y not in (1, 'a') or z not like 'q' and w is not null", `(OR (NOT (between x 1 2)) (NOT (in y 1 "a")) (AND (NOT (like z "q")) (NOT (null? w))))`},
		{"f(a)[1].b.c + t.d", "(+ f[a]@1.b.c t.d)"},
		{"now() - interval '1' day at time zone 'UTC'", `(- now[] (zone interval 1 day "UTC"))`},
		{"DATE '2024-01-01' < date(x) and date = time", "(AND (< date 2024-01-01 date[x]) (= date time))"},
		{"filter(xs, x -> x > 1 or y)", "filter[xs (\\x (OR (> x 1) y))]"},
		{"(a)", "a"},
		{"((1 + 2)) * 3", "(* (+ 1 2) 3)"},
		{`"Quoted ""name""".User`, `quoted "name".user`},
		{"'it''s' != .5e1", `(<> "it's" .5e1)`},
		{"((select 1) + 1)", "(+ *syntax.Scalar 1)"},
		{"((select 1) union (select 2))", "*syntax.Scalar"},
		{"position('a' in b) + extract(hour from c)", `(+ strpos[b "a"] hour[c])`},
		{"count + user * state - method", "(- (+ count (* user state)) method)"},
	} {
		q, err := Parse("SELECT " + c.text + " FROM t")
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := print(q.Body.(*Select).Items[0].Expr); got != c.want {
			t.Errorf("%s\n is   %s\n want %s", c.text, got, c.want)
		}
	}
}

func TestParse_joinsFromTheLeftAndIntersectsFirst(t *testing.T) {
	t.Parallel()
	q, err := Parse("SELECT 1 FROM a JOIN b ON x LEFT OUTER JOIN c USING (k) UNION SELECT 2 EXCEPT SELECT 3 INTERSECT SELECT 4 ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	except := q.Body.(*SetOp)
	union, isUnion := except.Left.(*SetOp)
	if except.Op != "EXCEPT" || !isUnion || union.Op != "UNION" || except.Right.(*SetOp).Op != "INTERSECT" || len(q.Order) != 1 {
		t.Errorf("%+v", except)
	}
	left := union.Left.(*Select).From[0].(*Join)
	if left.Kind != "LEFT" || left.Using[0].Name != "k" || left.Left.(*Join).Kind != "INNER" || left.Right.(*Name).Name.Name != "c" {
		t.Errorf("%+v", left)
	}
}

// FuzzParse reads anything: a tree or an error that points into the text.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"SELECT DISTINCT a.*, count(*) AS n FROM a, b c LEFT JOIN UNNEST(x) WITH ORDINALITY AS t(y, z) ON true WHERE a <> 'x' GROUP BY 1 HAVING n > 1 ORDER BY 2 DESC NULLS LAST OFFSET 1 LIMIT 2;",
		"WITH x(a) AS (SELECT CAST(1 AS row(a array(bigint), varchar(3))) OVER) SELECT TRY_CAST(a AS timestamp(3) with time zone) FROM x /* c */ -- d",
		"SELECT sum(x) FILTER (WHERE y) OVER (PARTITION BY a ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING), trim(BOTH 'x' FROM y), (a, b) -> a",
		"((((SELECT 1))))", "SELECT (((a", "\"", "'\x00", "SELECT \ufeff1",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := Parse(text)
		var e *queries.Error
		if err == nil {
			return
		}
		if !errors.As(err, &e) || e.Text == "" || e.Line < 1 || e.Col < 1 || e.Line > strings.Count(text, "\n")+1 {
			t.Fatalf("%q: %+v", text, err)
		}
	})
}
