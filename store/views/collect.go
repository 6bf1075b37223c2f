package views

import (
	"zombiezen.com/go/sqlite"
)

// collector works out an aggregate that SQLite has not.
type collector interface {
	step(args []Value) error
	result() Value
}

// maxList bounds the array that array_agg makes, in bytes.
const maxList = 16 << 20

// listing is array_agg.
type listing struct {
	elem *Type
	out  []byte
}

func (l *listing) step(args []Value) error {
	if len(l.out) > maxList {
		return errorf("array_agg makes an array of more than %d MiB: group by more columns, or filter", maxList>>20)
	}
	if len(l.out) > 0 {
		l.out = append(l.out, ',')
	}
	l.out = appendValue(l.out, args[0])
	return nil
}

func (l *listing) result() Value {
	if l.out == nil {
		return Value{}
	}
	return Value{Kind: JSON, Text: "[" + string(l.out) + "]"}
}

// bestBy is max_by and min_by: the value beside the greatest or least key.
type bestBy struct {
	sign    int
	typ, by *Type
	value   Value
	key     Value
}

func (b *bestBy) step(args []Value) error {
	key := args[1]
	if key.null() {
		return nil
	}
	if c := 0; !b.key.null() {
		if c = compare(key, b.key); c*b.sign <= 0 {
			return nil
		}
	}
	b.value, b.key = args[0], key
	return nil
}

func (b *bestBy) result() Value { return b.value }

// collecting is a collector as SQLite calls it.
type collecting struct {
	collector
	types []*Type
	args  []Value
	fail  func(error)
}

func (c *collecting) Step(_ sqlite.Context, args []sqlite.Value) error {
	for i, a := range args {
		c.args[i] = fromSQLite(a, c.types[i])
	}
	err := c.step(c.args)
	if err != nil {
		c.fail(err)
	}
	return err
}

func (c *collecting) WindowInverse(sqlite.Context, []sqlite.Value) error {
	return errorf("the aggregate is no window function")
}

func (c *collecting) WindowValue(sqlite.Context) (sqlite.Value, error) {
	return toSQLite(c.result()), nil
}

func (c *collecting) Finalize(sqlite.Context) {}

// toSQLite is a value as SQLite keeps it.
func toSQLite(v Value) sqlite.Value {
	switch v.Kind {
	case Null:
		return sqlite.Value{}
	case Text, JSON:
		return sqlite.TextValue(v.Text)
	case Float:
		return sqlite.FloatValue(v.float())
	}
	return sqlite.IntegerValue(v.Int)
}

// kinds says which kind of Value a type has.
func (t *Type) kind() ValueKind {
	switch t.Base {
	case Varchar:
		return Text
	case Boolean:
		return Bool
	case Double:
		return Float
	case DateType:
		return Date
	case Timestamp, TimestampTZ:
		return Time
	case JSONType, Array, Row:
		return JSON
	case Unknown:
		return Null
	}
	return Int
}

// fromSQLite is a value of SQLite as one of this type.
func fromSQLite(v sqlite.Value, t *Type) Value {
	if v.Type() == sqlite.TypeNull {
		return Value{}
	}
	switch k := t.kind(); k {
	case Text, JSON:
		return Value{Kind: k, Text: v.Text()}
	case Float:
		return doubleValue(v.Float())
	case Null:
		return Value{}
	default:
		return Value{Kind: k, Int: v.Int64()}
	}
}
