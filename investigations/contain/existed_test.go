package contain_test

import (
	"testing"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/pivot/pivottest"
)

func TestExisted(t *testing.T) {
	t.Parallel()
	const (
		made    = `{"event":"user.create","uid":"1","time":"2026-10-01T10:00:00Z","user":"ivy","name":"bob"}`
		login   = `{"event":"user.login","uid":"2","code":"T1000I","time":"2026-10-02T10:00:00Z","user":"bob","success":true}`
		refused = `{"event":"user.login","uid":"3","code":"T1000W","time":"2026-10-02T10:00:00Z","user":"bob","success":false}`
		deleted = `{"event":"user.delete","uid":"4","time":"2026-10-03T10:00:00Z","user":"ivy","name":"bob"}`
		failed  = `{"event":"user.delete","uid":"5","time":"2026-10-03T10:00:00Z","user":"ivy","name":"bob","success":false}`
		again   = `{"event":"user.create","uid":"6","time":"2026-10-04T10:00:00Z","user":"ivy","name":"bob"}`
		later   = `{"event":"user.login","uid":"7","code":"T1000I","time":"2026-10-06T10:00:00Z","user":"bob","success":true}`
		wrote   = `{"event":"role.created","uid":"8","time":"2026-10-01T10:00:00Z","user":"ivy","name":"ops"}`
		dropped = `{"event":"role.deleted","uid":"9","time":"2026-10-02T10:00:00Z","user":"ivy","name":"ops"}`
		joined  = `{"event":"instance.join","uid":"10","code":"TJ002I","time":"2026-10-01T10:00:00Z","host_id":"h","token_name":"ci"}`
		unjoin  = `{"event":"instance.join","uid":"11","code":"TJ002E","time":"2026-10-01T10:00:00Z","host_id":"h","token_name":"ci","success":false}`
	)
	for _, tt := range []struct {
		name, who string
		log       []string
		want      bool
	}{
		{"nothing names it", "bob", []string{wrote}, false},
		{"made", "bob", []string{made}, true},
		{"signed in", "bob", []string{login}, true},
		{"only a refused login", "bob", []string{refused}, false},
		{"only what came later", "bob", []string{later}, false},
		{"deleted", "bob", []string{made, login, deleted}, false},
		{"deleted, and seen again afterwards", "bob", []string{made, deleted, later}, false},
		{"a deletion that failed", "bob", []string{made, failed}, true},
		{"deleted and made again", "bob", []string{made, deleted, again}, true},
		{"a role", "role:ops", []string{wrote}, true},
		{"a deleted role", "role:ops", []string{wrote, dropped}, false},
		{"a token", "token:ci", []string{joined}, true},
		{"a token that let nobody in", "token:ci", []string{unjoin}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			log := ""
			for _, l := range tt.log {
				log += l + "\n"
			}
			idx, err := pivottest.New(log)
			if err != nil {
				t.Fatal(err)
			}
			e, err := investigations.ParseEntity(tt.who)
			if err != nil {
				t.Fatal(err)
			}
			got, err := contain.Existed(t.Context(), idx, e, time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC))
			if err != nil || got != tt.want {
				t.Errorf("existed %t, %v, want %t", got, err, tt.want)
			}
		})
	}
}
