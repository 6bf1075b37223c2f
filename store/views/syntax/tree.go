package syntax

// Pos is where something stands in the text: its byte offset.
type Pos int

// Ident is a name, in lower case as Trino folds it.
type Ident struct {
	Name string
	Pos  Pos
}

// Query is a whole SELECT with what stands around it.
type Query struct {
	With  []CTE
	Body  Body
	Order []OrderItem
	// Limit and Offset are -1 where the text has none.
	Limit, Offset int64
	Pos           Pos
}

// CTE is one named query of a WITH.
type CTE struct {
	Name    Ident
	Columns []Ident
	Query   *Query
}

// Body is *Select, *SetOp or a *Query in parentheses.
type Body interface{ body() }

// SetOp combines the rows of two bodies.
type SetOp struct {
	Op          string // UNION, INTERSECT or EXCEPT
	All         bool
	Left, Right Body
	Pos         Pos
}

// Select is one block from SELECT to HAVING.
type Select struct {
	Distinct bool
	Items    []Item
	From     []Table
	Where    Expr
	Group    []Expr
	Having   Expr
	Pos      Pos
}

func (*Query) body()  {}
func (*SetOp) body()  {}
func (*Select) body() {}

// Item is one thing that a SELECT shows.
type Item struct {
	Expr  Expr // nil for *
	Alias Ident
	Of    Ident // of `t.*` the t
	Pos   Pos
}

// OrderItem is one key of an ORDER BY.
type OrderItem struct {
	Expr       Expr
	Desc       bool
	NullsFirst bool
}

// Table is *Name, *Derived, *Unnest or *Join.
type Table interface{ table() }

// Name is a view or a query of WITH.
type Name struct {
	Name    Ident
	Alias   Ident
	Columns []Ident
}

// Derived is a query in parentheses.
type Derived struct {
	Query   *Query
	Alias   Ident
	Columns []Ident
}

// Unnest makes rows of the elements of arrays.
type Unnest struct {
	Args       []Expr
	Ordinality bool
	Alias      Ident
	Columns    []Ident
	Pos        Pos
}

// Join is two tables side by side.
type Join struct {
	Kind        string // INNER, LEFT, RIGHT, FULL or CROSS
	Left, Right Table
	On          Expr
	Using       []Ident
	Pos         Pos
}

func (*Name) table()    {}
func (*Derived) table() {}
func (*Unnest) table()  {}
func (*Join) table()    {}

// Expr is one of the types below.
type Expr interface{ At() Pos }

// At is where the expression begins.
func (p Pos) At() Pos { return p }

// The expressions.
type (
	// Column is a name of one part or more: column, table.column, row.field.
	Column struct {
		Pos
		Parts []Ident
	}
	// Number is a numeric literal as it is written.
	Number struct {
		Pos
		Text string
	}
	// String is a text literal without its quotes.
	String struct {
		Pos
		Text string
	}
	// Constant is NULL, TRUE or FALSE.
	Constant struct {
		Pos
		Word string
	}
	// Typed is DATE '…' or TIMESTAMP '…'.
	Typed struct {
		Pos
		Type, Text string
	}
	// Interval is INTERVAL '…' UNIT.
	Interval struct {
		Pos
		Text, Unit string
		Negative   bool
	}
	// Logic is AND or OR of any number of conditions.
	Logic struct {
		Pos
		Op   string
		Args []Expr
	}
	// Not is NOT x.
	Not struct {
		Pos
		X Expr
	}
	// Negate is -x.
	Negate struct {
		Pos
		X Expr
	}
	// Binary is a comparison, an arithmetic operation or ||.
	Binary struct {
		Pos
		Op          string
		Left, Right Expr
	}
	// IsNull is x IS NULL.
	IsNull struct {
		Pos
		X Expr
	}
	// Distinct is x IS DISTINCT FROM y.
	Distinct struct {
		Pos
		Left, Right Expr
	}
	// Between is x BETWEEN low AND high.
	Between struct {
		Pos
		X, Low, High Expr
	}
	// In is x IN (…): a list, or a query.
	In struct {
		Pos
		X     Expr
		List  []Expr
		Query *Query
	}
	// Like is x LIKE pattern ESCAPE escape.
	Like struct {
		Pos
		X, Pattern, Escape Expr
	}
	// Exists is EXISTS (query).
	Exists struct {
		Pos
		Query *Query
	}
	// Scalar is a query in the place of a value.
	Scalar struct {
		Pos
		Query *Query
	}
	// Case is CASE in both forms; Operand and Else may be nil.
	Case struct {
		Pos
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// Cast is CAST or TRY_CAST.
	Cast struct {
		Pos
		X    Expr
		Type TypeName
		Try  bool
	}
	// Call is a function, an aggregate or a window function.
	Call struct {
		Pos
		Name     string
		Args     []Expr
		Star     bool // count(*)
		Distinct bool
		Order    []OrderItem
		Filter   Expr
		Over     *Window
	}
	// Subscript is x[i].
	Subscript struct {
		Pos
		X, Index Expr
	}
	// Field is x.name where x is no plain name.
	Field struct {
		Pos
		X    Expr
		Name Ident
	}
	// ArrayOf is ARRAY[…].
	ArrayOf struct {
		Pos
		Elems []Expr
	}
	// Lambda is x -> body.
	Lambda struct {
		Pos
		Params []Ident
		Body   Expr
	}
	// AtZone is x AT TIME ZONE zone.
	AtZone struct {
		Pos
		X, Zone Expr
	}
)

// When is one arm of a CASE.
type When struct{ Cond, Then Expr }

// Window is what stands in OVER (…).
type Window struct {
	Partition []Expr
	Order     []OrderItem
	Frame     string // as SQL, or empty
}

// TypeName is a type as a CAST names it.
type TypeName struct {
	Name   string // in lower case, without a length
	Params []TypeName
	Fields []Ident // names of the params of a row
	Pos    Pos
}
