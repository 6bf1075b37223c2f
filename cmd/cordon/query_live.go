package main

import (
	"context"
	"slices"
	"strings"

	"cordon/investigations/queries"
	"cordon/store"
)

// The engines that answer.
const (
	engineCase     = "case"
	engineTeleport = "teleport"
)

// queryBy asks the engine that was chosen: sql, or what is named.
func (p *program) queryBy(ctx context.Context, ask queryAsk, sql string, paths []string) error {
	if ask.engine == engineTeleport {
		return p.queryCluster(ctx, ask, sql, paths)
	}
	return p.queryCase(ctx, ask, sql, paths)
}

// queryCluster asks the cluster's Access Monitoring. A case is opened only for
// the queries that are saved in it.
func (p *program) queryCluster(ctx context.Context, ask queryAsk, sql string, paths []string) (err error) {
	if len(paths) > 0 {
		return misuse("leave the paths out, or --engine teleport", "the cluster answers from its own log, not from paths")
	}
	if ask.name != "" {
		var c *store.Case
		if ask.caseName != "" {
			if c, err = p.openCase(ctx, ask.caseName, nil); err != nil {
				return err
			}
			defer joined(&err, c)
		}
		if sql, err = p.namedSQL(ctx, c, ask); err != nil {
			return err
		}
	}
	cluster, err := p.connect(ctx, ask.cluster)
	if err != nil {
		return err
	}
	defer joined(&err, cluster)
	if ask.report {
		return p.clusterReport(ctx, ask, cluster.AccessMonitoring(ask.days))
	}
	sum, from, err := p.answer(ctx, ask, cluster.AccessMonitoring(ask.days), sql)
	switch {
	case err != nil:
		return err
	case sum.Rows == 0:
		return nothing(lookFurther, "no rows from %s. That is not the same as: it did not happen", from)
	}
	p.tell("%s from %s", counted(sum.Rows, "row"), from)
	return nil
}

// lookFurther is what to do where the cluster found nothing.
const lookFurther = "look further back with --days"

// clusterSchema lists the views that the cluster's own queries can name.
func (p *program) clusterSchema(ctx context.Context, ask queryAsk, args []string) (err error) {
	cluster, err := p.connect(ctx, ask.cluster)
	if err != nil {
		return err
	}
	defer joined(&err, cluster)
	all, err := cluster.AccessMonitoring(ask.days).Views(ctx)
	if err != nil {
		return err
	}
	return p.showSchema(ask, all, args)
}

// showSchema prints the views that the arguments name, or all.
func (p *program) showSchema(ask queryAsk, all []queries.View, names []string) error {
	var shown []queries.View
	for _, name := range names {
		i := slices.IndexFunc(all, func(v queries.View) bool { return strings.EqualFold(v.Name, name) })
		switch {
		case i >= 0:
			shown = append(shown, all[i])
		case !exists(name):
			return misuse("cordon query --schema lists them all", "there is no view %q", name)
		}
	}
	named := len(shown) > 0
	if !named {
		shown = all
	}
	if ask.format != formatJSON {
		return p.print(func(t *plain) { t.schema(shown, named) })
	}
	out := make([]viewJSON, len(shown))
	for i, v := range shown {
		out[i] = viewJSON{Name: v.Name, Doc: v.Doc, Extra: v.Extra, Columns: []columnJSON{}}
		for _, c := range v.Columns {
			out[i].Columns = append(out[i].Columns, columnJSON{Name: c.Name, Type: c.Type})
		}
		for _, c := range v.Hidden {
			out[i].Columns = append(out[i].Columns, columnJSON{Name: c.Name, Type: c.Type, Hidden: true})
		}
	}
	return p.writeJSON(out)
}
