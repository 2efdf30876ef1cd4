// The modules whose CRDs ../crds.ts reads, pinned here and by go.sum. No Go code imports them, so `go mod tidy` would empty this.
module crds

go 1.26.0

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
