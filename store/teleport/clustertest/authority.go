package clustertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/constants"
	"github.com/gravitational/teleport/api/identityfile"
	"golang.org/x/crypto/ssh"
)

// Authority signs the cluster's certificates.
type Authority struct {
	t    testing.TB
	cert *x509.Certificate
	pem  []byte
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority of its own; identities that it signs are
// unknown to the clusters of others.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{t: t, key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: ClusterName, Organization: []string{ClusterName}},
		NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	must(t, err)
	a.cert, err = x509.ParseCertificate(der)
	must(t, err)
	a.pem = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return a
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return key
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sign makes a certificate for a subject that holds from an hour before until
// the end given.
func (a *Authority) sign(subject pkix.Name, key *ecdsa.PrivateKey, from, end time.Time, server bool) (der []byte) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	must(a.t, err)
	template := &x509.Certificate{
		SerialNumber: serial, Subject: subject, NotBefore: from, NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if server {
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		template.DNSNames = []string{constants.APIDomain, "localhost"}
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	der, err = x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	must(a.t, err)
	return der
}

// serverTLS is how the cluster answers: it wants a certificate of its own
// authority, one that holds by its clock.
func (a *Authority) serverTLS(now func() time.Time) *tls.Config {
	key := newKey(a.t)
	der := a.sign(pkix.Name{CommonName: "auth." + ClusterName}, key, time.Unix(0, 0), time.Now().AddDate(1, 0, 0), true)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool, NextProtos: []string{"h2"},
		MinVersion: tls.VersionTLS12, Time: now,
	}
}

// Identity is who a certificate speaks for.
type Identity struct {
	User  string
	Roles []string
	// From and Until are when the certificate holds; zero: from an hour ago, for
	// twelve hours.
	From, Until time.Time
}

// WriteIdentity writes an identity file as `tctl auth sign` does.
func (a *Authority) WriteIdentity(path string, id Identity) {
	a.t.Helper()
	key := newKey(a.t)
	if id.From.IsZero() {
		id.From = time.Now().Add(-time.Hour)
	}
	if id.Until.IsZero() {
		id.Until = time.Now().Add(12 * time.Hour)
	}
	der := a.sign(pkix.Name{CommonName: id.User, Organization: id.Roles}, key, id.From, id.Until, false)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(a.t, err)
	must(a.t, identityfile.Write(&identityfile.IdentityFile{
		PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		Certs:      identityfile.Certs{TLS: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), SSH: a.sshCert(key, id)},
		CACerts:    identityfile.CACerts{TLS: [][]byte{a.pem}, SSH: [][]byte{a.knownHost()}},
	}, path))
}

func (a *Authority) sshCert(key *ecdsa.PrivateKey, id Identity) []byte {
	public, err := ssh.NewPublicKey(&key.PublicKey)
	must(a.t, err)
	signer, err := ssh.NewSignerFromKey(a.key)
	must(a.t, err)
	cert := &ssh.Certificate{
		Key: public, CertType: ssh.UserCert, KeyId: id.User, ValidPrincipals: []string{id.User},
		ValidAfter: uint64(id.From.Unix()), ValidBefore: uint64(id.Until.Unix()),
	}
	must(a.t, cert.SignCert(rand.Reader, signer))
	return ssh.MarshalAuthorizedKey(cert)
}

func (a *Authority) knownHost() []byte {
	public, err := ssh.NewPublicKey(&a.key.PublicKey)
	must(a.t, err)
	return append([]byte("@cert-authority *."+ClusterName+" "), ssh.MarshalAuthorizedKey(public)...)
}
