package store

import (
	"context"
	"time"

	"cordon/investigations/hands"
	"cordon/store/views"
)

var _ hands.Tells = (*Case)(nil)

// tellColumns are the columns that a hands.Tell is made of.
var tellColumns = []string{"user_agent", "identity_expires", "identity_prev_identity_expires"}

// EachTell implements [hands.Tells]: from what the case keeps by column, where
// RawEach would unpack the lines.
func (c *Case) EachTell(ctx context.Context, ids []int64, yield func(id int64, t hands.Tell) error) error {
	return c.Columns(ctx, ids, tellColumns, func(id int64, values []views.Value) error {
		return yield(id, hands.Tell{UserAgent: values[0].Text, Expires: tellTime(values[1]), Previous: tellTime(values[2])})
	})
}

// tellTime reads a time that a view has as text; zero for anything else.
func tellTime(v views.Value) time.Time {
	t, err := time.Parse(time.RFC3339, v.Text)
	if err != nil {
		return time.Time{}
	}
	return t
}
