package views

import "strings"

// Type is the type of a column or an expression, as Trino has it.
type Type struct {
	Base   Base
	Elem   *Type   // of an array
	Fields []Field // of a row
}

// Field is one field of a row type.
type Field struct {
	Name string
	Type *Type
}

// Base is what kind of type a Type is.
type Base uint8

// The base types. Unknown is that of NULL alone. Timestamps count milliseconds,
// dates days, intervals milliseconds or months.
const (
	Unknown Base = iota
	Varchar
	Integer
	Bigint
	Double
	Boolean
	DateType
	Timestamp
	TimestampTZ
	IntervalDay
	IntervalMonth
	JSONType
	Array
	Row
	function // a lambda, which only a function can take
)

var baseNames = [...]string{
	Unknown: "unknown", Varchar: "varchar", Integer: "integer", Bigint: "bigint", Double: "double",
	Boolean: "boolean", DateType: "date", Timestamp: "timestamp(3)",
	TimestampTZ: "timestamp(3) with time zone", IntervalDay: "interval day to second",
	IntervalMonth: "interval year to month", JSONType: "json", Array: "array", Row: "row", function: "function",
}

// The types without parts.
var (
	tUnknown       = &Type{Base: Unknown}
	tVarchar       = &Type{Base: Varchar}
	tInteger       = &Type{Base: Integer}
	tBigint        = &Type{Base: Bigint}
	tDouble        = &Type{Base: Double}
	tBoolean       = &Type{Base: Boolean}
	tDate          = &Type{Base: DateType}
	tTimestamp     = &Type{Base: Timestamp}
	tTimestampTZ   = &Type{Base: TimestampTZ}
	tIntervalDay   = &Type{Base: IntervalDay}
	tIntervalMonth = &Type{Base: IntervalMonth}
	tJSON          = &Type{Base: JSONType}
	tTexts         = arrayOf(tVarchar)
)

func arrayOf(elem *Type) *Type { return &Type{Base: Array, Elem: elem} }

// String is the type as Trino writes it.
func (t *Type) String() string {
	switch t.Base {
	case Array:
		return "array(" + t.Elem.String() + ")"
	case Row:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = strings.TrimSpace(f.Name + " " + f.Type.String())
		}
		return "row(" + strings.Join(parts, ", ") + ")"
	}
	return baseNames[t.Base]
}

func (t *Type) is(bases ...Base) bool {
	for _, b := range bases {
		if t.Base == b {
			return true
		}
	}
	return false
}

func (t *Type) numeric() bool { return t.is(Integer, Bigint, Double) }

func (t *Type) whole() bool { return t.is(Integer, Bigint) }

func (t *Type) timestamp() bool { return t.is(Timestamp, TimestampTZ) }

func (t *Type) equal(o *Type) bool {
	if t.Base != o.Base || len(t.Fields) != len(o.Fields) {
		return false
	}
	if t.Base == Array {
		return t.Elem.equal(o.Elem)
	}
	for i, f := range t.Fields {
		if !f.Type.equal(o.Fields[i].Type) {
			return false
		}
	}
	return true
}

// common is the type that values of both types can be taken as without a CAST;
// nil when there is none. Field names of the first row win.
func common(a, b *Type) *Type {
	switch {
	case a.Base == Unknown:
		return b
	case b.Base == Unknown || a.equal(b):
		return a
	case a.numeric() && b.numeric():
		return widest(a, b)
	case a.timestamp() && b.timestamp():
		return tTimestampTZ
	case a.Base == DateType && b.timestamp():
		return b
	case b.Base == DateType && a.timestamp():
		return a
	case a.Base == Array && b.Base == Array:
		if elem := common(a.Elem, b.Elem); elem != nil && sameStorage(a.Elem, elem) && sameStorage(b.Elem, elem) {
			return arrayOf(elem)
		}
	case a.Base == Row && b.Base == Row && len(a.Fields) == len(b.Fields):
		return commonRow(a, b)
	}
	return nil
}

func widest(a, b *Type) *Type {
	if a.Base > b.Base {
		return a
	}
	return b
}

func commonRow(a, b *Type) *Type {
	row := &Type{Base: Row}
	for i, f := range a.Fields {
		t := common(f.Type, b.Fields[i].Type)
		if t == nil || !sameStorage(f.Type, t) || !sameStorage(b.Fields[i].Type, t) {
			return nil
		}
		row.Fields = append(row.Fields, Field{Name: f.Name, Type: t})
	}
	return row
}

// sameStorage reports whether a value is kept the same way under both types.
// Numbers inside an array are: they are written as JSON.
func sameStorage(a, b *Type) bool {
	return a.Base != DateType && b.Base != DateType || a.Base == b.Base || a.Base == Unknown
}

// orderable reports whether values of the type can be sorted and compared by
// less and greater.
func (t *Type) orderable() bool { return !t.is(Array, Row, JSONType, function) }
