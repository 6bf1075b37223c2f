package teleport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/gravitational/teleport/api/client"
	"github.com/gravitational/teleport/api/identityfile"
	"golang.org/x/crypto/ssh"
)

// Who is whom the identity speaks for, as its certificate says.
type Who struct {
	User  string
	Roles []string
}

// credentials are a certificate with its key. They know whom they speak for,
// and can be read again where they come from a file that rotates.
type credentials struct {
	inner   client.Credentials
	turning *client.DynamicIdentityFileCreds // nil for a tsh profile
	who     Who
	again   string                 // how to get a new certificate
	other   atomic.Pointer[string] // whom the file speaks for now, where that is somebody else
}

var _ client.Credentials = (*credentials)(nil)

// TLSConfig is what a connection shows. Each new connection reads the identity
// again: a file rotates, and `tsh login` writes its profile anew. What is being
// written is read the next time. One that became somebody else's is not shown:
// whom acts are guarded for and recorded of does not change.
func (c *credentials) TLSConfig() (*tls.Config, error) {
	config, err := c.inner.TLSConfig()
	if err != nil {
		return nil, err
	}
	current := config.GetClientCertificate
	config.GetClientCertificate = func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		get := current
		if c.turning != nil {
			_ = c.turning.Reload()
		} else if anew, err := c.inner.TLSConfig(); err == nil {
			get = anew.GetClientCertificate
		}
		cert, err := get(r)
		if err != nil {
			return nil, err
		}
		return cert, c.same(cert)
	}
	return config, nil
}

// same refuses a certificate of another user.
func (c *credentials) same(cert *tls.Certificate) error {
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		return fmt.Errorf("read the identity's certificate: %w", err)
	}
	if user := leaf.Subject.CommonName; user != c.who.User {
		c.other.Store(&user)
		return errors.New("the identity is of another user now")
	}
	c.other.Store(nil)
	return nil
}

func (c *credentials) SSHClientConfig() (*ssh.ClientConfig, error) { return c.inner.SSHClientConfig() }
func (c *credentials) Expiry() (time.Time, bool)                   { return c.inner.Expiry() }

// DefaultAddrs is where a tsh profile's cluster is.
func (c *credentials) DefaultAddrs() ([]string, error) {
	if source, ok := c.inner.(client.CredentialsWithDefaultAddrs); ok {
		return source.DefaultAddrs()
	}
	return nil, nil
}

// loadCredentials reads the identity file or the tsh profile, and refuses what
// cannot work or must not be used: a file that others can read, one that is
// none, a certificate that has ended.
func loadCredentials(o Options) (*credentials, error) {
	if o.Identity == "" {
		return loadProfile(o)
	}
	if err := checkIdentity(o.Identity); err != nil {
		return nil, err
	}
	dynamic, err := client.NewDynamicIdentityFileCreds(o.Identity)
	if err != nil {
		// The cause may quote the file: it is not told.
		return nil, &Error{
			Text: fmt.Sprintf("%s is no whole identity file", o.Identity),
			Hint: "make one with: tctl auth sign --format=file --user=NAME --out=FILE, or with tbot",
		}
	}
	creds := &credentials{inner: dynamic, turning: dynamic}
	file, err := identityfile.ReadFile(o.Identity)
	if err != nil {
		return nil, &Error{Text: fmt.Sprintf("%s is no whole identity file", o.Identity)}
	}
	config, err := file.TLSConfig()
	if err != nil {
		return nil, &Error{Text: fmt.Sprintf("%s is no whole identity file", o.Identity)}
	}
	return creds, creds.take(config.Certificates, o, "log in again, or sign a new one: tctl auth sign --format=file --user=NAME --out=FILE")
}

// checkIdentity refuses a file that is not there, and one that others read.
func checkIdentity(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{Text: fmt.Sprintf("there is no identity file %s", path), cause: err}
	case err != nil:
		return &Error{Text: fmt.Sprintf("read identity file %s: %v", path, plainPathError(err)), cause: err}
	case info.IsDir():
		return &Error{Text: fmt.Sprintf("%s is a folder, not an identity file", path)}
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return &Error{
			Text: fmt.Sprintf("identity file %s can be read by others", path),
			Hint: "chmod 600 " + path + ", and think of it as known to them",
		}
	}
	return nil
}

func plainPathError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func loadProfile(o Options) (*credentials, error) {
	again := "tsh login --proxy=HOST"
	creds := &credentials{inner: client.LoadProfile(o.ProfileDir, o.Profile)}
	config, err := creds.inner.TLSConfig()
	if err != nil {
		return nil, &Error{Text: "there is no tsh profile that cordon can use: " + plain(err), Hint: again + ", or give --identity FILE", cause: err}
	}
	certs := config.Certificates
	if config.GetClientCertificate != nil {
		cert, err := config.GetClientCertificate(&tls.CertificateRequestInfo{})
		if err != nil {
			return nil, &Error{Text: "the tsh profile holds no certificate", Hint: again, cause: err}
		}
		certs = []tls.Certificate{*cert}
	}
	return creds, creds.take(certs, o, again)
}

// take learns from the certificate whom it speaks for, and that it holds now.
func (c *credentials) take(certs []tls.Certificate, o Options, again string) error {
	if len(certs) == 0 || len(certs[0].Certificate) == 0 {
		return &Error{Text: "the identity holds no certificate", Hint: again}
	}
	leaf, err := x509.ParseCertificate(certs[0].Certificate[0])
	if err != nil {
		return &Error{Text: "the identity's certificate cannot be read", Hint: again}
	}
	c.again = again
	c.who = Who{User: leaf.Subject.CommonName, Roles: leaf.Subject.Organization}
	now := o.Now()
	switch {
	case now.After(leaf.NotAfter):
		return &Error{
			Text: fmt.Sprintf("the certificate of %s ended %s", c.who.User, leaf.NotAfter.UTC().Format(time.RFC3339)),
			Hint: again + ". If that is not so, compare the clock here with the cluster's",
		}
	case now.Before(leaf.NotBefore):
		return &Error{
			Text: fmt.Sprintf("the certificate of %s holds only from %s, and it is %s here", c.who.User, leaf.NotBefore.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339)),
			Hint: "compare the clock here with the cluster's",
		}
	}
	return nil
}
