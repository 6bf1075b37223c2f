package main

import (
	"time"

	accesslistv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/accesslist/v1"
	apievents "github.com/gravitational/teleport/api/types/events"
)

// Acts on the cluster itself: requests, users, roles, lists, second factors.

func (l *ledger) request(t time.Time, h hands, id, role, reason string) {
	l.put(t, "access_request.create", "T5000I", &apievents.AccessRequestCreate{
		UserMetadata: h.user(), ResourceMetadata: apievents.ResourceMetadata{Expires: t.Add(12 * time.Hour)},
		Roles: []string{role}, RequestID: id, RequestState: "PENDING", Reason: reason, MaxDuration: t.Add(12 * time.Hour),
	})
}

// review is a vote; Teleport names the reviewer and nobody else.
func (l *ledger) review(t time.Time, reviewer hands, id, state, reason string, expires time.Time) {
	l.put(t, "access_request.review", "T5002I", &apievents.AccessRequestCreate{
		ResourceMetadata: apievents.ResourceMetadata{Expires: expires},
		RequestID:        id, RequestState: state, Reason: reason, Reviewer: reviewer.name, ProposedState: state,
		MaxDuration: expires,
	})
}

func (l *ledger) search(t time.Time, h hands, role, kind string) {
	l.put(t, "access_request.search", "T5004I", &apievents.AccessRequestResourceSearch{
		UserMetadata: h.user(), SearchAsRoles: []string{role}, ResourceType: kind, Namespace: "default",
	})
}

func (l *ledger) userChange(t time.Time, h hands, kind, code, name string, roles ...string) {
	md := apievents.ResourceMetadata{Name: name, UpdatedBy: h.name}
	var e apievents.AuditEvent
	if kind == "user.update" {
		e = &apievents.UserUpdate{UserMetadata: h.user(), ResourceMetadata: md, Roles: roles, Connector: "local", ConnectionMetadata: l.from(h, host{}, "")}
	} else {
		e = &apievents.UserCreate{UserMetadata: h.user(), ResourceMetadata: md, Roles: roles, Connector: "local", ConnectionMetadata: l.from(h, host{}, "")}
	}
	l.put(t, kind, code, e)
}

func (l *ledger) createUser(t time.Time, h hands, name string, roles ...string) {
	l.userChange(t, h, "user.create", "T1002I", name, roles...)
	l.put(t.Add(38*time.Millisecond), "reset_password_token.create", "T6000I", &apievents.UserTokenCreate{
		ResourceMetadata: apievents.ResourceMetadata{Name: name, Expires: t.Add(8 * time.Hour), TTL: "8h0m0s"},
		UserMetadata:     h.user(),
	})
}

func (l *ledger) roleChange(t time.Time, h hands, kind, code, name string) {
	md := apievents.ResourceMetadata{Name: name, UpdatedBy: h.name}
	var e apievents.AuditEvent
	if kind == "role.updated" {
		e = &apievents.RoleUpdate{ResourceMetadata: md, UserMetadata: h.user(), ConnectionMetadata: l.from(h, host{}, "")}
	} else {
		e = &apievents.RoleCreate{ResourceMetadata: md, UserMetadata: h.user(), ConnectionMetadata: l.from(h, host{}, "")}
	}
	l.put(t, kind, code, e)
}

func (l *ledger) addMFA(t time.Time, h hands, device apievents.MFADeviceMetadata) {
	l.put(t, "mfa.add", "T1006I", &apievents.MFADeviceAdd{
		UserMetadata: h.user(), MFADeviceMetadata: device, ConnectionMetadata: l.from(h, host{}, ""),
	})
}

// listAdd and listRemove edit the members of an access list.
func (l *ledger) listAdd(t time.Time, h hands, list, member, reason string) {
	l.put(t, "access_list.member.create", "TAL005I", &apievents.AccessListMemberCreate{
		ResourceMetadata:         apievents.ResourceMetadata{UpdatedBy: h.name},
		AccessListMemberMetadata: listMember(list, member, reason, t, time.Time{}),
		Status:                   apievents.Status{Success: true},
	})
}

func (l *ledger) listRemove(t time.Time, h hands, list, member string, joined time.Time) {
	l.put(t, "access_list.member.delete", "TAL007I", &apievents.AccessListMemberDelete{
		ResourceMetadata:         apievents.ResourceMetadata{UpdatedBy: h.name},
		AccessListMemberMetadata: listMember(list, member, "", joined, t),
		Status:                   apievents.Status{Success: true},
	})
}

func listMember(list, member, reason string, joined, removed time.Time) apievents.AccessListMemberMetadata {
	return apievents.AccessListMemberMetadata{
		AccessListName: list,
		Members: []*apievents.AccessListMember{{
			JoinedOn: joined, RemovedOn: removed, Reason: reason, MemberName: member,
			MembershipKind: accesslistv1.MembershipKind_MEMBERSHIP_KIND_USER,
		}},
	}
}

// watched is someone reading a recording.
func (l *ledger) watched(t time.Time, h hands, sid string) {
	l.put(t, "session.recording.access", "T2012I", &apievents.SessionRecordingAccess{
		SessionID: sid, UserMetadata: h.user(), SessionType: "ssh", Format: "pty",
	})
}
