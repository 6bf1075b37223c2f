package actors

import (
	"slices"

	"cordon/investigations"
)

// shown are the signs of one identity, each with its proof.
type shown map[sign]Proof

// any reports whether one of the signs is there.
func (s shown) any(of ...sign) bool {
	return slices.ContainsFunc(of, func(x sign) bool { _, ok := s[x]; return ok })
}

// proofs are those of the signs that are there, in the order given.
func (s shown) proofs(of ...sign) []Proof {
	var out []Proof
	for _, x := range of {
		if p, ok := s[x]; ok {
			out = append(out, p)
		}
	}
	return out
}

// verdict is a class with its reasons.
type verdict struct {
	class           investigations.ActorClass
	proof, contrary []Proof
	note            string
}

// decide weighs the signs of an identity; onlyRequests says that it did nothing
// else than file and decide access requests.
func decide(s shown, onlyRequests bool) verdict {
	switch {
	case s.any(logins...):
		return person(s)
	case s.any(signSystemName, signHostName, signHostWrote, signHostJoined, signSyncHost):
		return reserved(s)
	case s.any(signBotJoined, signBotActs, signBotKind), s.any(signBotCreated) && !s.any(signHuman):
		return verdict{
			class: investigations.ActorRobot, contrary: s.proofs(signHuman),
			proof: s.proofs(signBotJoined, signBotActs, signBotKind, signBotCreated, signDelegated),
		}
	case s.any(signBotCreated):
		return verdict{
			contrary: s.proofs(signBotCreated, signHuman),
			note:     "a bot of this name was created, yet its events say that a human acts",
		}
	case s.any(signDelegated) && onlyRequests && !s.any(signHuman):
		return verdict{class: investigations.ActorPlugin, proof: s.proofs(signDelegated)}
	case s.any(signSystemKind):
		return verdict{class: investigations.ActorSystem, proof: s.proofs(signSystemKind)}
	case s.any(signHuman):
		return person(s)
	case s.any(homes...):
		v := person(s)
		v.note = "no log-in in this evidence"
		return v
	}
	return verdict{contrary: s.proofs(signDelegated)}
}

// person is the class of one who logged in, or whom events call a human.
func person(s shown) verdict {
	v := verdict{class: investigations.ActorPerson, contrary: s.proofs(machines...)}
	v.proof = append(s.proofs(logins...), s.proofs(append([]sign{signHuman}, homes...)...)...)
	local, sso := s.any(signLocalLogin), s.any(signSSOLogin)
	switch {
	case local && sso:
		v.note = "logs in both as a user of the cluster's own and through a connector"
	case local:
		v.class = investigations.ActorLocal
	case sso:
		v.class = investigations.ActorSSO
	default:
		for _, home := range homes {
			if s.any(home) {
				v.class = signs[home].class
				break
			}
		}
	}
	if len(v.contrary) > 0 {
		v.note = "counts as a person, although some events speak for a machine"
	}
	return v
}

// reserved is the class of an identity that bears a name of Teleport's own.
func reserved(s shown) verdict {
	if s.any(created...) {
		return verdict{
			contrary: append(s.proofs(created...), s.proofs(machines...)...),
			note:     "a user of this reserved name was made: its acts cannot be told from Teleport's own",
		}
	}
	for _, x := range []sign{signSyncHost, signHostJoined, signHostWrote, signSystemName, signHostName} {
		if s.any(x) {
			return verdict{class: signs[x].class, proof: s.proofs(machines...)}
		}
	}
	return verdict{}
}
