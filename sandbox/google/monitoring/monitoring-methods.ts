import { type ApiMethod, name, reads } from '../api-method.ts';

/** Cloud Monitoring v3. */
export const monitoringMethods: readonly ApiMethod[] = [
  reads('monitoring', `/v3/projects/${name}/timeSeries`, 'monitoring.timeSeries.list'),
  reads('monitoring', `/v3/projects/${name}/metricDescriptors`, 'monitoring.metricDescriptors.list'),
  reads('monitoring', `/v3/projects/${name}/metricDescriptors/.+`, 'monitoring.metricDescriptors.get'),
];
