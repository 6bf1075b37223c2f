package views

import "math"

// defineMath adds the functions on numbers and the few that compare.
func defineMath() {
	define("abs(N) N", builtin{one: func(_ *node, a Value) (Value, error) {
		if a.Kind == Float {
			return doubleValue(math.Abs(a.float())), nil
		}
		if a.Int == math.MinInt64 {
			return Value{}, errorf("abs(%d) does not fit 64 bits", a.Int)
		}
		return intValue(abs(a.Int)), nil
	}})
	define("sign(N) N", builtin{one: func(_ *node, a Value) (Value, error) {
		if a.Kind == Float {
			return doubleValue(float64(compare(a, doubleValue(0)))), nil
		}
		return intValue(int64(compare(a, intValue(0)))), nil
	}})
	rounds := map[string]func(float64) float64{"ceil": math.Ceil, "ceiling": math.Ceil, "floor": math.Floor, "truncate": math.Trunc}
	for name, round := range rounds {
		define(name+"(N) N", builtin{one: func(_ *node, a Value) (Value, error) {
			if a.Kind == Float {
				return doubleValue(round(a.float())), nil
			}
			return a, nil
		}})
	}
	define("round(N, bigint?) N", builtin{many: func(_ *node, a []Value) (Value, error) {
		scale := 1.0
		if len(a) == 2 {
			scale = math.Pow(10, float64(a[1].Int))
		}
		if a[0].Kind == Int {
			if scale >= 1 {
				return a[0], nil
			}
			return castWhole(doubleValue(math.Round(float64(a[0].Int)*scale)/scale), tBigint)
		}
		f := math.Round(a[0].float()*scale) / scale
		if math.IsNaN(f) || math.IsInf(f, 0) {
			f = a[0].float()
		}
		return doubleValue(f), nil
	}})
	unary := map[string]func(float64) float64{"sqrt": math.Sqrt, "ln": math.Log, "log10": math.Log10, "log2": math.Log2, "exp": math.Exp}
	for name, f := range unary {
		define(name+"(double) double", builtin{one: func(_ *node, a Value) (Value, error) { return doubleValue(f(a.float())), nil }})
	}
	for _, name := range []string{"pow", "power"} {
		define(name+"(double, double) double", builtin{two: func(_ *node, a, b Value) (Value, error) {
			return doubleValue(math.Pow(a.float(), b.float())), nil
		}})
	}
	define("mod(bigint, bigint) bigint", *wholeOps["%"])
	define("mod(double, double) double", *doubleOps["%"])
	define("greatest(O, O...) O", builtin{many: func(_ *node, a []Value) (Value, error) { return best(a, 1), nil }})
	define("least(O, O...) O", builtin{many: func(_ *node, a []Value) (Value, error) { return best(a, -1), nil }})
}

func best(values []Value, sign int) Value {
	found := values[0]
	for _, v := range values[1:] {
		if c := compare(v, found); c != 0 && (c > 0) == (sign > 0) {
			found = v
		}
	}
	return found
}
