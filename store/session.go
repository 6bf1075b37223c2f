package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// sessionStarts are the events that say a session began, and its kind.
var sessionStarts = map[string]string{
	"session.start":                 "ssh",
	"db.session.start":              "db",
	"app.session.start":             "app",
	"app.session.chunk":             "app",
	"windows.desktop.session.start": "desktop",
	"linux.desktop.session.start":   "desktop",
}

// Sessions lists the sessions that an entity took part in or that touched it,
// all of the case's for the zero entity: the newest, at most limit of them,
// oldest first. Recordings whose session the log does not know are among them
// when the whole case is asked for.
func (c *Case) Sessions(ctx context.Context, of investigations.Entity, limit int) ([]investigations.Session, error) {
	groups, err := c.sessionGroups(ctx, of)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, g := range groups {
		if _, ok := sessionStarts[g.Type]; ok || g.Type == "session.join" && !of.IsZero() {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out, seen := []investigations.Session{}, make(map[string]int)
	err = c.Each(ctx, ids, func(e *investigations.Event) error {
		if id := sessionOf(e); id != "" {
			if at, ok := seen[id]; !ok {
				seen[id] = len(out)
				out = append(out, startedSession(id, e))
			} else if e.Type != "session.join" && out[at].Kind == "" {
				out[at] = startedSession(id, e)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	if out, err = c.withRecordings(ctx, of, out, seen); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b investigations.Session) int { return a.Start.Compare(b.Start) })
	out = out[max(0, len(out)-limit):]
	for i := range out {
		if err := c.completeSession(ctx, &out[i]); err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
	}
	return out, nil
}

// Session tells what the log and the recordings know of one session; ok is
// false when they know nothing.
func (c *Case) Session(ctx context.Context, id string) (s investigations.Session, ok bool, err error) {
	list, err := c.Sessions(ctx, investigations.Entity{Kind: investigations.KindSession, Name: id}, 1<<30)
	if err != nil {
		return s, false, err
	}
	for _, s := range list {
		if s.ID == id {
			return s, true, nil
		}
	}
	rec, ok, err := c.RecordingOf(ctx, id)
	if err != nil || !ok {
		return s, false, err
	}
	s = recordedSession(rec)
	return s, true, c.completeSession(ctx, &s)
}

func (c *Case) sessionGroups(ctx context.Context, of investigations.Entity) ([]pivot.Group, error) {
	if of.IsZero() {
		return c.TypeGroups(ctx)
	}
	return c.Groups(ctx, of)
}

// sessionOf is the session that an event belongs to. The recording of an
// application's session is named by its chunk.
func sessionOf(e *investigations.Event) string {
	role := investigations.RoleTarget
	if e.Type == "app.session.chunk" {
		role = investigations.RoleSubject
	}
	v, _ := e.First(investigations.KindSession, role)
	return v.Entity.Name
}

func startedSession(id string, e *investigations.Event) investigations.Session {
	s := investigations.Session{ID: id, Start: e.Time, Kind: sessionStarts[e.Type]}
	name := func(kind investigations.Kind, role investigations.Role) string {
		v, _ := e.First(kind, role)
		return v.Entity.Name
	}
	s.User, s.Login = name(investigations.KindUser, investigations.RoleActor), name(investigations.KindOSLogin, investigations.RoleTarget)
	s.Address = name(investigations.KindAddress, investigations.RoleSource)
	for _, kind := range []investigations.Kind{investigations.KindDatabase, investigations.KindApp, investigations.KindDesktop, investigations.KindKubeCluster, investigations.KindHost} {
		if v, ok := e.First(kind, investigations.RoleTarget); ok {
			s.Host, s.HostLabel = v.Entity.Name, v.Label
			if kind == investigations.KindKubeCluster && s.Kind == "ssh" {
				s.Kind = "kube"
			}
			break
		}
	}
	if e.Type == "session.join" {
		s.Kind = ""
	}
	return s
}

func recordedSession(r investigations.Recording) investigations.Session {
	s := investigations.Session{ID: r.Session, Kind: r.Kind, User: r.User, Login: r.Login, Host: r.Host, Start: r.Start, RecordingID: r.ID}
	if !r.Start.IsZero() {
		s.End = r.Start.Add(r.Duration)
	}
	return s
}

// withRecordings ties recordings to their sessions, and adds those that the
// log does not know when the whole case is listed.
func (c *Case) withRecordings(ctx context.Context, of investigations.Entity, list []investigations.Session, seen map[string]int) ([]investigations.Session, error) {
	recordings, err := c.Recordings(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range recordings {
		at, ok := seen[r.Session]
		if !ok {
			if !of.IsZero() {
				continue
			}
			at = len(list)
			seen[r.Session] = at
			list = append(list, recordedSession(r))
		}
		s := &list[at]
		s.RecordingID, s.Interactive = r.ID, s.Interactive || r.Cols > 0
		switch {
		case strings.Contains(r.Format, "encrypted"):
			s.Recording = "encrypted"
		case r.Complete:
			s.Recording = "recorded"
		default:
			s.Recording = "incomplete"
		}
	}
	return list, nil
}

// completeSession adds what other events say of a session.
func (c *Case) completeSession(ctx context.Context, s *investigations.Session) error {
	groups, err := c.Groups(ctx, investigations.Entity{Kind: investigations.KindSession, Name: s.ID})
	if err != nil {
		return err
	}
	var people []int64
	for _, g := range groups {
		switch g.Type {
		case "session.end", "db.session.end", "app.session.end", "windows.desktop.session.end", "linux.desktop.session.end":
			s.End = later(s.End, g.Last)
			people = append(people, g.IDs...)
		case "session.join":
			people = append(people, g.IDs...)
		case "session.upload":
			s.Uploaded = true
		case "exec", "session.command":
			s.Commands += g.N
		}
	}
	if s.Recording == "" {
		s.Recording = "none"
		if s.Uploaded {
			s.Recording = "missing"
		}
	}
	slices.Sort(people)
	return c.Each(ctx, slices.Compact(people), func(e *investigations.Event) error {
		for _, v := range e.Involved {
			if v.Entity.Kind == investigations.KindUser && (v.Role == investigations.RoleMember || v.Role == investigations.RoleActor) &&
				!slices.Contains(s.Participants, v.Entity.Name) {
				s.Participants = append(s.Participants, v.Entity.Name)
			}
		}
		return nil
	})
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
