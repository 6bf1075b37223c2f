package actors

import "cordon/investigations"

// sign is one thing that an event shows about an identity.
type sign uint8

// The signs, the strongest of each class first.
const (
	signLocalLogin sign = iota
	signSSOLogin
	signHeadless
	signSyncHost
	signHostJoined
	signHostWrote
	signHostName
	signSystemName
	signBotJoined
	signBotActs
	signBotKind
	signBotCreated
	signDelegated
	signSystemKind
	signHuman
	signFromProvider
	signOfCluster
	signCreatedSSO
	signCreatedLocal
	signEnd
)

// signs say what each sign speaks for and what it is in words.
var signs = [signEnd]struct {
	class investigations.ActorClass
	says  string
}{
	signLocalLogin:   {investigations.ActorLocal, "logged in as a user of the cluster's own"},
	signSSOLogin:     {investigations.ActorSSO, "logged in through a connector"},
	signHeadless:     {investigations.ActorPerson, "approved a headless log-in"},
	signSyncHost:     {investigations.ActorSync, "the host syncs an identity provider"},
	signHostJoined:   {investigations.ActorAgent, "the host joined the cluster"},
	signHostWrote:    {investigations.ActorAdmin, "wrote a resource under the name of an auth host: tctl on that host"},
	signHostName:     {investigations.ActorAgent, "acts under the name that Teleport reserves for a host"},
	signSystemName:   {investigations.ActorSystem, "acts under the name that Teleport reserves for itself"},
	signBotJoined:    {investigations.ActorRobot, "joined as a bot"},
	signBotActs:      {investigations.ActorRobot, "its event names a bot"},
	signBotKind:      {investigations.ActorRobot, "its event says user_kind 2, a bot"},
	signBotCreated:   {investigations.ActorRobot, "a bot was created that acts under this name"},
	signDelegated:    {investigations.ActorPlugin, "passed on what somebody else decided (delegator)"},
	signSystemKind:   {investigations.ActorSystem, "its event says user_kind 3, the system"},
	signHuman:        {investigations.ActorPerson, "its event says user_kind 1, a human"},
	signFromProvider: {investigations.ActorSSO, "its event says that the user comes from an identity provider"},
	signOfCluster:    {investigations.ActorLocal, "its event says that the user is the cluster's own"},
	signCreatedSSO:   {investigations.ActorSSO, "the user was made by a connector"},
	signCreatedLocal: {investigations.ActorLocal, "the user was made without a connector"},
}

// The groups of signs that are weighed together.
var (
	logins   = []sign{signLocalLogin, signSSOLogin, signHeadless}
	machines = []sign{
		signSyncHost, signHostJoined, signHostWrote, signHostName, signSystemName, signBotJoined, signBotActs, signBotKind,
		signBotCreated, signDelegated, signSystemKind,
	}
	created = []sign{signCreatedSSO, signCreatedLocal}
	// homes say where a person's account lives, the surest first.
	homes = []sign{signFromProvider, signCreatedSSO, signOfCluster, signCreatedLocal}
)
