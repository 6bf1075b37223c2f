package rules

import (
	"fmt"
	"strings"
	"testing"
)

func TestTest_noticesWhatAFixtureDoesNotProve(t *testing.T) {
	t.Parallel()
	line := at(0, "user.login", `"user":"alice","success":true`)
	tests := map[string]struct {
		fixture Fixture
		want    string
	}{
		"good":             {Fixture{Name: "f", Events: line, Says: "alice 1 ", But: []Edit{{Set: map[string]any{"success": false}}}}, ""},
		"no match":         {Fixture{Name: "f", Events: strings.Replace(line, "true", "false", 1), But: []Edit{{Drop: true}}}, "do not match"},
		"other words":      {Fixture{Name: "f", Events: line, Says: "bob", But: []Edit{{Drop: true}}}, `says "alice 1 ", not "bob"`},
		"no negative":      {Fixture{Name: "f", Events: line, Says: "alice 1 "}, "needs a fixture"},
		"still matches":    {Fixture{Name: "f", Events: line, Says: "alice 1 ", But: []Edit{{Name: "n", Set: map[string]any{"x": "y"}}}}, "still match"},
		"changes nothing":  {Fixture{Name: "f", Events: line, Says: "alice 1 ", But: []Edit{{}}}, "changes nothing"},
		"no such line":     {Fixture{Name: "f", Events: line, Says: "alice 1 ", But: []Edit{{Line: 2, Drop: true}}}, "no line 2"},
		"next not logged":  {Fixture{Name: "f", Events: strings.Replace(line, "alice", "", 1), Says: missing + " 1 ", But: []Edit{{Drop: true}}}, "a value of next is not"},
		"value not logged": {Fixture{Name: "f", Events: strings.Replace(line, `"user":"alice",`, "", 1), Says: missing + " 1 ", But: []Edit{{Drop: true}}}, "is not in the events"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := parse(t, "on: {events: [user.login], where: [{field: success, is: true}]}")
			r.Fixtures = []Fixture{tt.fixture}
			problems := Test(r)
			if (tt.want == "") != (len(problems) == 0) || !strings.Contains(fmt.Sprint(problems), tt.want) {
				t.Errorf("got %v, want %q", problems, tt.want)
			}
		})
	}
}
