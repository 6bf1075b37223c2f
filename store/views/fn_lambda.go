package views

// defineLambdas adds the functions that take `x -> …`. The result of transform
// and the element type of filter are settled where the lambda is bound.
func defineLambdas() {
	// Each stops at the first element for which the lambda is `stops`.
	match := func(stops bool, answer func(stopped bool) bool) builtin {
		return builtin{build: func(c *compiler, n *node) evalFn {
			return c.each(n, func(raws []string, holds func(int) (Value, error)) (Value, error) {
				unsure := false
				for i := range raws {
					v, err := holds(i)
					switch {
					case err != nil:
						return Value{}, err
					case v.null():
						unsure = true
					case v.holds() == stops:
						return boolValue(answer(true)), nil
					}
				}
				return boolValue(answer(false)).unless(unsure), nil
			})
		}}
	}
	same := func(stopped bool) bool { return stopped }
	not := func(stopped bool) bool { return !stopped }
	define("any_match(array(T), lambda) boolean", match(true, same))
	define("none_match(array(T), lambda) boolean", match(true, not))
	define("all_match(array(T), lambda) boolean", match(false, not))
	define("filter(array(T), lambda) array(T)", builtin{build: func(c *compiler, n *node) evalFn {
		return c.each(n, func(raws []string, holds func(int) (Value, error)) (Value, error) {
			var kept []string
			for i, raw := range raws {
				v, err := holds(i)
				if err != nil {
					return Value{}, err
				}
				if v.holds() {
					kept = append(kept, raw)
				}
			}
			return arrayValue(kept), nil
		})
	}})
	define("transform(array(T), lambda) array(U)", builtin{build: func(c *compiler, n *node) evalFn {
		return c.each(n, func(raws []string, made func(int) (Value, error)) (Value, error) {
			out := make([]string, len(raws))
			for i := range raws {
				v, err := made(i)
				if err != nil {
					return Value{}, err
				}
				out[i] = rawPart(v)
			}
			return arrayValue(out), nil
		})
	}})
}

// each compiles a call of (array, lambda) into a function that hands use the
// elements and what the lambda makes of the one at a place.
func (c *compiler) each(n *node, use func(raws []string, apply func(i int) (Value, error)) (Value, error)) evalFn {
	array := c.compile(n.args[0])
	elem := n.args[0].typ.Elem
	body := c.compile(n.args[1].args[0])
	slot := n.args[1].index
	return func(f *frame) (Value, error) {
		a, err := array(f)
		if err != nil || a.null() {
			return Value{}, err
		}
		raws := elements(a.Text)
		inner := frame{row: f.row, params: append(f.params[:slot:slot], Value{})}
		return use(raws, func(i int) (Value, error) {
			inner.params[slot] = decodePart(raws[i], elem)
			return body(&inner)
		})
	}
}
