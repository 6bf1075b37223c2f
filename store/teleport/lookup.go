package teleport

import (
	"context"
	"errors"
	"fmt"
	"time"

	accesslistv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/accesslist/v1"
	devicepb "github.com/gravitational/teleport/api/gen/proto/go/teleport/devicetrust/v1"
	"github.com/gravitational/teleport/api/trail"
	"github.com/gravitational/teleport/api/types"

	"cordon/investigations"
	"cordon/investigations/survive"
)

// mostLookups is how many things of one kind are looked up by name in one round.
const mostLookups = 200

// look makes one of the look-ups of a kind, and refuses those that are too many.
func (q *inquiry) look(ctx context.Context, kind investigations.Kind, doing string, f func(ctx context.Context) error) error {
	if q.asked[kind]++; q.asked[kind] > mostLookups {
		return fmt.Errorf("not asked: there are more than %d of its kind", mostLookups)
	}
	return q.cluster.call(ctx, doing, f)
}

// named looks up what only has to be there.
func (q *inquiry) named(ctx context.Context, e investigations.Entity) (survive.Standing, error) {
	conn := q.cluster.client.GetConnection()
	var doing string
	var get func(ctx context.Context) error
	switch e.Kind {
	case investigations.KindAccessList:
		doing, get = "look for the access list", func(ctx context.Context) error {
			_, err := accesslistv1.NewAccessListServiceClient(conn).GetAccessList(ctx, &accesslistv1.GetAccessListRequest{Name: e.Name})
			return trail.FromGRPC(err)
		}
	case investigations.KindDevice:
		doing, get = "look for the trusted device", func(ctx context.Context) error {
			_, err := devicepb.NewDeviceTrustServiceClient(conn).GetDevice(ctx, &devicepb.GetDeviceRequest{DeviceId: e.Name})
			return trail.FromGRPC(err)
		}
	case investigations.KindCluster:
		doing, get = "look for the trusted cluster", func(ctx context.Context) error {
			_, err := q.cluster.client.GetTrustedCluster(ctx, e.Name)
			return err
		}
	case investigations.KindApp:
		doing, get = "look for the application", func(ctx context.Context) error {
			_, err := q.cluster.client.GetApp(ctx, e.Name)
			return err
		}
	case investigations.KindDatabase:
		doing, get = "look for the database", func(ctx context.Context) error {
			_, err := q.cluster.client.GetDatabase(ctx, e.Name)
			return err
		}
	case investigations.KindKubeCluster:
		doing, get = "look for the Kubernetes cluster", func(ctx context.Context) error {
			_, err := q.cluster.client.GetKubernetesCluster(ctx, e.Name)
			return err
		}
	default:
		return survive.Standing{Note: "cordon does not know how to ask a cluster for it"}, nil
	}
	err := q.look(ctx, e.Kind, doing, get)
	if errors.Is(err, ErrNotFound) {
		return held(false), nil
	}
	return held(true), err
}

// member looks up a membership of an access list, which may be over.
func (q *inquiry) member(ctx context.Context, list, name string) (survive.Standing, error) {
	var m *accesslistv1.Member
	service := accesslistv1.NewAccessListServiceClient(q.cluster.client.GetConnection())
	err := q.look(ctx, investigations.KindAccessList, "look for the member of the access list", func(ctx context.Context) (err error) {
		m, err = service.GetAccessListMember(ctx, &accesslistv1.GetAccessListMemberRequest{AccessList: list, MemberName: name})
		return trail.FromGRPC(err)
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return held(false), nil
	case err != nil:
		return survive.Standing{}, err
	}
	var end time.Time
	if at := m.GetSpec().GetExpires(); at != nil {
		end = at.AsTime()
	}
	return q.until("", end), nil
}

const doingRequest = "look for the access request"

// request looks up an access request. Who may not read them all is told of their
// own only, without an error: what is missing there is no proof.
func (q *inquiry) request(ctx context.Context, id string) (survive.Standing, error) {
	var found []types.AccessRequest
	err := q.look(ctx, investigations.KindRequest, doingRequest, func(ctx context.Context) (err error) {
		found, err = q.cluster.client.GetAccessRequests(ctx, types.AccessRequestFilter{ID: id})
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return survive.Standing{}, err
	}
	for _, r := range found {
		if r.GetName() == id {
			return q.stateOf(r), nil
		}
	}
	roles, err := q.mine()
	if err != nil {
		return survive.Standing{}, err
	}
	for _, verb := range []string{types.VerbList, types.VerbRead} {
		if judge(roles, types.KindAccessRequest, verb) != yes {
			return survive.Standing{}, (&Error{Reason: ErrDenied}).needs(doingRequest, verb, types.KindAccessRequest)
		}
	}
	return held(false), nil
}

// stateOf is what a request gives now.
func (q *inquiry) stateOf(r types.AccessRequest) survive.Standing {
	switch state := r.GetState(); {
	case state.IsDenied():
		return survive.Standing{State: survive.Gone, Note: "denied"}
	case state.IsPending():
		return q.until("pending", r.Expiry())
	case state.IsApproved():
		return q.until("approved", r.GetAccessExpiry())
	case state.IsPromoted():
		return survive.Standing{State: survive.There, Note: "promoted to an access list"}
	default:
		return survive.Standing{State: survive.There}
	}
}
