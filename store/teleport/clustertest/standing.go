package clustertest

import (
	"context"

	accesslistv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/accesslist/v1"
	devicepb "github.com/gravitational/teleport/api/gen/proto/go/teleport/devicetrust/v1"
	"github.com/gravitational/teleport/api/types"
	"github.com/gravitational/trace"
)

// thing is what a cluster gives by its name: a resource of a kind, or the member
// of an access list.
type thing struct{ kind, list, name string }

// holdNamed keeps a resource that is looked up by its name, or that is a login
// connector; ok is false for others.
func (h *state) holdNamed(resource any) (ok bool) {
	switch r := resource.(type) {
	case *accesslistv1.AccessList:
		h.named[thing{kind: types.KindAccessList, name: r.GetHeader().GetMetadata().GetName()}] = r
	case *accesslistv1.Member:
		h.named[thing{types.KindAccessList, r.GetSpec().GetAccessList(), r.GetSpec().GetName()}] = r
	case *devicepb.Device:
		h.named[thing{kind: types.KindDevice, name: r.GetId()}] = r
	case *types.AppV3, *types.DatabaseV3, *types.KubernetesClusterV3, *types.TrustedClusterV2,
		*types.GithubConnectorV3, *types.OIDCConnectorV3, *types.SAMLConnectorV2:
		named := r.(types.Resource)
		h.named[thing{kind: named.GetKind(), name: named.GetName()}] = r
	default:
		return false
	}
	return true
}

// lookUp gives a resource to who may read its kind.
func lookUp[R any](ctx context.Context, c *Cluster, t thing) (found R, err error) {
	err = c.locked(ctx, t.kind, func(h *state) error {
		r, ok := h.named[t]
		if !ok {
			return trace.NotFound("%s %q doesn't exist", t.kind, t.name)
		}
		found = r.(R)
		return nil
	}, "read")
	return found, err
}

func (a *auth) GetApp(ctx context.Context, r *types.ResourceRequest) (*types.AppV3, error) {
	return lookUp[*types.AppV3](ctx, a.cluster, thing{kind: types.KindApp, name: r.Name})
}

func (a *auth) GetDatabase(ctx context.Context, r *types.ResourceRequest) (*types.DatabaseV3, error) {
	return lookUp[*types.DatabaseV3](ctx, a.cluster, thing{kind: types.KindDatabase, name: r.Name})
}

func (a *auth) GetKubernetesCluster(ctx context.Context, r *types.ResourceRequest) (*types.KubernetesClusterV3, error) {
	return lookUp[*types.KubernetesClusterV3](ctx, a.cluster, thing{kind: types.KindKubernetesCluster, name: r.Name})
}

func (a *auth) GetTrustedCluster(ctx context.Context, r *types.ResourceRequest) (*types.TrustedClusterV2, error) {
	return lookUp[*types.TrustedClusterV2](ctx, a.cluster, thing{kind: types.KindTrustedCluster, name: r.Name})
}

// connectors are the login connectors of a kind. As in Teleport it is one right
// that opens all kinds.
func connectors[R types.Resource](ctx context.Context, c *Cluster, kind string) (out []R, err error) {
	err = c.locked(ctx, types.KindAuthConnector, func(h *state) error {
		for t, r := range h.named {
			if t.kind == kind {
				out = append(out, r.(R))
			}
		}
		return nil
	}, types.VerbList, types.VerbReadNoSecrets)
	return out, err
}

func (a *auth) GetGithubConnectors(ctx context.Context, _ *types.ResourcesWithSecretsRequest) (*types.GithubConnectorV3List, error) {
	list, err := connectors[*types.GithubConnectorV3](ctx, a.cluster, types.KindGithubConnector)
	return &types.GithubConnectorV3List{GithubConnectors: list}, err
}

func (a *auth) GetOIDCConnectors(ctx context.Context, _ *types.ResourcesWithSecretsRequest) (*types.OIDCConnectorV3List, error) {
	list, err := connectors[*types.OIDCConnectorV3](ctx, a.cluster, types.KindOIDCConnector)
	return &types.OIDCConnectorV3List{OIDCConnectors: list}, err
}

func (a *auth) GetSAMLConnectors(ctx context.Context, _ *types.ResourcesWithSecretsRequest) (*types.SAMLConnectorV2List, error) {
	list, err := connectors[*types.SAMLConnectorV2](ctx, a.cluster, types.KindSAMLConnector)
	return &types.SAMLConnectorV2List{SAMLConnectors: list}, err
}

// accessLists is the service of the Enterprise edition.
type accessLists struct {
	accesslistv1.UnimplementedAccessListServiceServer
	cluster *Cluster
}

func (s *accessLists) GetAccessList(ctx context.Context, r *accesslistv1.GetAccessListRequest) (*accesslistv1.AccessList, error) {
	return lookUp[*accesslistv1.AccessList](ctx, s.cluster, thing{kind: types.KindAccessList, name: r.GetName()})
}

func (s *accessLists) GetAccessListMember(ctx context.Context, r *accesslistv1.GetAccessListMemberRequest) (*accesslistv1.Member, error) {
	return lookUp[*accesslistv1.Member](ctx, s.cluster, thing{types.KindAccessList, r.GetAccessList(), r.GetMemberName()})
}

// devices is the service of the Enterprise edition.
type devices struct {
	devicepb.UnimplementedDeviceTrustServiceServer
	cluster *Cluster
}

func (s *devices) GetDevice(ctx context.Context, r *devicepb.GetDeviceRequest) (*devicepb.Device, error) {
	return lookUp[*devicepb.Device](ctx, s.cluster, thing{kind: types.KindDevice, name: r.GetDeviceId()})
}
