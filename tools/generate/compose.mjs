/** compose.yaml, and the plans of installations without a cluster. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { appChart } from '../charts/app-charts.mjs';
import { storeCharts } from '../charts/store-charts.mjs';
import { umbrellaChart } from '../charts/umbrella.mjs';
import { valuesText } from '../charts/write.mjs';
import { planOf } from '../compose/plan.mjs';
import { networksOf, servicesOf, volumesOf } from '../compose/platform.mjs';
import { composeText } from '../compose/write.mjs';
import { imagesIn } from '../images/list.mjs';
import { readTopology } from '../topology/read.mjs';
import { built } from './built.mjs';

/** What the charts run, so that both run the same. */
function imagesOf() {
  const { appVersion } = parse(readFileSync('helm/microservices-app/Chart.yaml', 'utf8'));
  const known = new Map(imagesIn('.').map((image) => [image.name, image]));
  return (name) => ({ image: known.get(name), reference: `courtside/${name}:${appVersion}` });
}

/** The values of every chart as they are when nobody sets one. */
function defaultsOf(definitions) {
  const charts = [
    ...Object.entries(definitions).map(([name, app]) => appChart(name, app)),
    ...storeCharts,
    umbrellaChart([]),
  ];
  const values = Object.fromEntries(
    charts.map(({ name, model }) => [name, parse(valuesText(name, model))]),
  );
  return { ...values, install: values['microservices-app'].install };
}

const json = (value) => JSON.stringify(value);

export async function files() {
  const topology = readTopology('topology.yaml');
  const names = [...Object.keys(topology.services), ...Object.keys(topology.upstreams)];
  const definitions = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await built(`apps/${name}`, 'app')).app])),
  );
  const parts = { topology, definitions, values: defaultsOf(definitions), from: imagesOf() };
  const described = { ...topology.services, ...topology.upstreams };
  const descriptions = Object.fromEntries(
    names.map((name) => [name, `${name}: ${described[name].is}.`]),
  );
  const text = composeText({
    services: servicesOf(parts),
    networks: networksOf(topology),
    volumes: volumesOf(topology),
    descriptions,
  });
  const database = 'courtside?sslmode=disable';
  const inCompose = {
    redis: 'redis://redis:6379',
    postgres: `postgres://postgres:5432/${database}`,
  };
  const onHost = {
    redis: 'redis://127.0.0.1:6390',
    postgres: `postgres://127.0.0.1:5432/${database}`,
  };
  return [
    { path: 'compose.yaml', text, parser: 'yaml' },
    {
      path: 'deploy/generated/compose-plan.json',
      text: json(planOf(topology, inCompose)),
      parser: 'json',
    },
    {
      path: 'deploy/generated/host-plan.json',
      text: json(planOf(topology, onHost)),
      parser: 'json',
    },
  ];
}
