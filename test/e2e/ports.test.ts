import { clusterContract } from '../contract/cluster.ts';
import { leaseStoreContract } from '../contract/lease-store.ts';
import { clusterOnKubernetes, leaseOnKubernetes } from '../contract/on-kubernetes.ts';
import { Environment } from './environment.ts';

const environment = new Environment();
const { kubeconfig } = environment.controlPlane;
afterAll(() => environment.close());

clusterContract('a real API server', () => clusterOnKubernetes(kubeconfig));
leaseStoreContract('a real API server', () => leaseOnKubernetes(kubeconfig));
