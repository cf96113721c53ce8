import { describe, expect, it } from 'vitest';
import { type Clues, readClues } from '../../shared/signal/clues.ts';
import { incidentPayload } from '../../shared/signal/incident-payload.ts';
import { recorded } from './notifications.ts';

const cluesOf = (incident: object): Clues => readClues(incidentPayload.parse(incident));
const inFilter = (filter: string): Clues => cluesOf({ condition: { conditionThreshold: { filter } } });

describe('what a filter demands', () => {
  it.each<[string, Partial<Clues>]>([
    ['project_id="p"', { projects: ['p'] }],
    ['resource.labels.project_id = "p"', { projects: ['p'] }],
    ['resource.label.project_id="p"', { projects: ['p'] }],
    ['resource.labels."project_id"="p"', { projects: ['p'] }],
    ["resource.project_id == 'p'", { projects: ['p'] }],
    ['project = "p" AND metric.type = "x"', { projects: ['p'] }],
    ['project_id="p" OR project_id="q" OR project_id="p"', { projects: ['p', 'q'] }],
    ['service_name = one_of("a", "b")', { services: ['a', 'b'] }],
    ["service_name=one_of('a','b')", { services: ['a', 'b'] }],
    ['metric.labels.service_name="a"', { services: ['a'] }],
    ['{service_name="a",location="us-east1"}', { services: ['a'], locations: ['us-east1'] }],
    ["resource.labels['service_name'] = 'a'", { services: ['a'] }],
    ['JSON_VALUE(labels.service_name) = "a"', { services: ['a'] }],
  ])('%s', (filter, expected) => {
    expect(inFilter(filter)).toMatchObject(expected);
  });
});

describe('what a filter does not demand', () => {
  it.each([
    'project_id!="p"',
    'project_id != "p"',
    'NOT project_id="p"',
    'NOT resource.labels.project_id="p"',
    '-project_id="p"',
    '-resource.labels.project_id="p"',
    'project_id=~"p.*"',
    'project_id:"p"',
    'metadata.user_labels.project="p"',
    'metadata.user_labels.project_id="p"',
    'labels.project="p"',
    'my_project="p"',
    'the_project_id="p"',
    'project_id=""',
    'project_id="p',
    'metric.type="run.googleapis.com/request_count"',
  ])('%s', (filter) => {
    expect(inFilter(filter)).toMatchObject({ projects: [], locations: [], services: [] });
  });
});

describe('beside the filter', () => {
  it('takes the container of a log match', () => {
    expect(readClues(incidentPayload.parse(recorded('gke-log-match-open').incident)).projects).toEqual(['acme-bank']);
  });

  it('prefers the filter to the container, and takes no folder or organisation for a project', () => {
    const resourceContainers = ['projects/p', 'folders/1', 'organizations/2', 'projects/q/locations/l', 'x/projects/q'];
    expect(cluesOf({ condition: { conditionMatchedLog: { filter: '', resourceContainers } } }).projects).toEqual(['p']);
    expect(
      cluesOf({ condition: { conditionMatchedLog: { filter: 'project_id="f"', resourceContainers } } }).projects,
    ).toEqual(['f']);
  });

  it('keeps the labels of the metric and the scoping project', () => {
    expect(cluesOf({ metric: { type: 'm', labels: { service_name: 'a' } }, scoping_project_id: 's' })).toMatchObject({
      metricLabels: { service_name: 'a' },
      scopingProject: 's',
    });
  });

  it('finds nothing in nothing', () => {
    expect(cluesOf({})).toEqual({
      projects: [],
      locations: [],
      services: [],
      metricLabels: {},
      scopingProject: undefined,
    });
  });

  it('reads no more than 10000 characters of a filter', () => {
    expect(inFilter(`${' '.repeat(9_986)}project_id="p"`).projects).toEqual(['p']);
    expect(inFilter(`${' '.repeat(9_987)}project_id="p"`).projects).toEqual([]);
  });
});
