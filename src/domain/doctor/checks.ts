/** note: nothing to do now. With an error `doctor` fails. */
export type Severity = 'error' | 'warning' | 'note';

/** What one kind of finding means: the table of docs/doctor.md. */
export type Check = { severity: Severity; why: string; fix: string };

export const CHECKS = {
  Unreadable: {
    severity: 'warning',
    why: 'What cannot be read is not judged: there may be more to find.',
    fix: 'Run it with a kubeconfig that may read this.',
  },
  NotInstalled: {
    severity: 'error',
    why: 'Nobody here answers metrics or writes floors.',
    fix: 'Install it (docs/install.md), or keep the labels `app.kubernetes.io/name: tidecaster` and `app.kubernetes.io/component: server` on its Deployment.',
  },
  SeveralInstallations: {
    severity: 'warning',
    why: 'Each takes the HPAs that the other governs for orphans and hands them back.',
    fix: 'Keep one in a cluster.',
  },
  ReplicasMissing: {
    severity: 'warning',
    why: 'With no replica ready HPAs hold; with few there is nobody to take over.',
    fix: 'kubectl describe the pods: a ConfigMap or the certificate may be missing.',
  },
  ApiServiceMissing: {
    severity: 'error',
    why: 'HPAs cannot read these metrics at all.',
    fix: 'Apply the APIService (apiservice/base, or the component resource-metrics).',
  },
  ApiServiceUnavailable: {
    severity: 'error',
    why: 'HPAs cannot read these metrics, and no namespace can be deleted while it is so.',
    fix: 'A timeout is a firewall between control plane and pods (port 6443), x509 the caBundle, 5xx the server itself.',
  },
  OtherOwner: {
    severity: 'warning',
    why: 'One server alone owns a group: the metrics of our rules are not read from us.',
    fix: 'Let the APIService name our Service, and hand on the rest (docs/neighbours.md).',
  },
  OtherResourceMetrics: {
    severity: 'note',
    why: 'cpu and memory are its business, and two may not own one group.',
    fix: 'Do not apply the component resource-metrics here.',
  },
  ResourceMetricsTaken: {
    severity: 'error',
    why: 'Two servers cannot own one group: each apply takes it from the other.',
    fix: 'Leave the component resource-metrics out, or remove the other server first.',
  },
  OtherWriter: {
    severity: 'warning',
    why: 'Who writes caBundle last decides which certificate is trusted; two take turns in breaking each other.',
    fix: 'Stop the other writer; for KEDA its certificate rotation (docs/neighbours.md).',
  },
  BundleDiffers: {
    severity: 'error',
    why: 'The API server refuses the certificate with x509, so no metric is read.',
    fix: 'Run the certificate Job again (`tidecaster certs`), or let cert-manager inject its CA.',
  },
  NotVerified: {
    severity: 'warning',
    why: 'With insecureSkipTLSVerify whoever stands between can answer for us, and scale everything.',
    fix: 'Take the field out and give a caBundle.',
  },
  CertificateExpired: {
    severity: 'error',
    why: 'The API server refuses it, so no metric is read.',
    fix: 'Run the certificate Job again (`tidecaster certs`) and see why its CronJob did not.',
  },
  CertificateEnds: {
    severity: 'warning',
    why: 'It should have been renewed by now: after its end no metric is read.',
    fix: 'See why the CronJob or cert-manager did not renew it.',
  },
  CertificateNames: {
    severity: 'error',
    why: 'The API server asks for that name, and refuses the certificate.',
    fix: 'Make it for the Service that the APIService names (`tidecaster certs --service`).',
  },
  CertificateMissing: {
    severity: 'error',
    why: 'The pods wait for it and do not start.',
    fix: 'Run the certificate Job (`tidecaster certs`), or see what cert-manager says.',
  },
  RightMissing: {
    severity: 'error',
    why: 'What needs it fails, and says so only in the log.',
    fix: 'Apply apiservice/base/rbac.yaml, or the component that brings it.',
  },
  ControllerOverloaded: {
    severity: 'error',
    why: 'The HPA controller cannot ask for all in one period, however fast the answers are: every HPA is read later than it should be.',
    fix: 'Raise --kube-api-qps and --kube-api-burst of kube-controller-manager, or its --horizontal-pod-autoscaler-sync-period.',
  },
  ControllerNearLimit: {
    severity: 'warning',
    why: 'A little more, and the HPA controller cannot ask for all in one period.',
    fix: 'Raise --kube-api-qps and --kube-api-burst of kube-controller-manager in time.',
  },
  WorkersBusy: {
    severity: 'warning',
    why: 'A worker waits for each answer: slower ones than this on average delay every HPA.',
    fix: 'Raise --concurrent-horizontal-pod-autoscaler-syncs of kube-controller-manager.',
  },
  ControllerFlagsAssumed: {
    severity: 'note',
    why: 'Its pod cannot be seen, so the defaults of Kubernetes are taken for its flags.',
    fix: 'Where you know them to be others, reckon with yours.',
  },
  VersionDiffers: {
    severity: 'note',
    why: 'We are tested on 1.37.2. Up to 1.36 an edit of an HPA waits for the next sync period, and minReplicas 0 needs the gate HPAScaleToZero; the status has no condition ScaledToZero.',
    fix: 'Expect floors to act up to one sync period later, and no floor of 0.',
  },
  VersionUntested: {
    severity: 'warning',
    why: 'Nobody has read what differs there: tested on 1.37.2, read for 1.32 to 1.36.',
    fix: 'Try it on a cluster that may break.',
  },
  ClockSkew: {
    severity: 'warning',
    why: 'Schedules open early or late, and certificates and leases are judged by the wrong time.',
    fix: 'Let NTP run on this machine and on the control plane, whichever is wrong.',
  },
  LeaseAhead: {
    severity: 'warning',
    why: 'The clock of the replica that holds it is ahead: its schedules open early.',
    fix: 'Let NTP run on its node.',
  },
  LeaseAbandoned: {
    severity: 'error',
    why: 'Nobody writes floors: those that are there stay.',
    fix: 'See whether a replica runs, and what its log says of the Lease.',
  },
  HpaBlind: {
    severity: 'warning',
    why: 'An HPA that cannot read a metric never scales in, and may not scale out.',
    fix: 'Read the message; `kubectl get --raw` shows the answer itself.',
  },
  MetricUnknown: {
    severity: 'error',
    why: 'No server lists it, so the HPA gets a 404 for it at each tick.',
    fix: 'Add a rule, or correct the name in the HPA.',
  },
  NameWithCapitals: {
    severity: 'warning',
    why: 'The HPA controller asks for external metrics in lower case: a server that minds the case does not find it.',
    fix: 'Write the name in lower case in rule and HPA.',
  },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;

/** subject: the object that it is about. what: what was found, with its numbers. */
export type DoctorFinding = {
  check: CheckName;
  severity: Severity;
  subject: string;
  what: string;
  why: string;
  fix: string;
};

export const found = (check: CheckName, subject: string, what: string): DoctorFinding => ({
  check,
  subject,
  what,
  ...CHECKS[check],
});
