// Makes crates/web/assets/outlines.json from Natural Earth (npm package world-atlas): the rings of every country as whole
// hundredths of a degree, each point as the step from the one before. Run by hand after a new release of world-atlas; the result
// is committed, so that the program builds without Node.
import { readFileSync, writeFileSync } from "node:fs";
import { feature } from "topojson-client";

// Countries drawn from the finer data (1:50 m), because offices in them look at regions; the rest from 1:110 m.
const FINE = new Set(["Australia", "New Zealand", "United States of America", "Spain", "United Kingdom", "Ireland", "Mexico"]);
// Islands smaller than this (in square degrees) are left out: on these maps they would be specks.
const SMALLEST = { fine: 0.01, coarse: 0.1 };

function countries(file) {
  const topology = JSON.parse(readFileSync(new URL(`../node_modules/world-atlas/${file}`, import.meta.url)));
  return feature(topology, topology.objects.countries).features;
}

function area(ring) {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) sum += ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
  return Math.abs(sum / 2);
}

function steps(ring) {
  const out = [];
  let [x, y] = [0, 0];
  for (const [longitude, latitude] of ring.slice(0, -1)) {
    const [nextX, nextY] = [Math.round(longitude * 100), Math.round(latitude * 100)];
    if (out.length > 0 && nextX === x && nextY === y) continue;
    out.push(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
  }
  return out;
}

const found = {};
for (const [file, fine] of [["countries-110m.json", false], ["countries-50m.json", true]]) {
  for (const { properties, geometry } of countries(file)) {
    if (FINE.has(properties.name) !== fine) continue;
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const rings = polygons.flat().filter((ring) => area(ring) >= (fine ? SMALLEST.fine : SMALLEST.coarse));
    if (rings.length > 0) found[properties.name] = rings.map(steps);
  }
}
const sorted = Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
// One country a line keeps the differences of a later release readable.
const lines = Object.entries(sorted).map(([name, rings]) => `    ${JSON.stringify(name)}: ${JSON.stringify(rings)}`);
const text = `{\n  "source": "Natural Earth, public domain, by world-atlas 2.0.2",\n  "countries": {\n${lines.join(",\n")}\n  }\n}\n`;
writeFileSync(new URL("../../crates/web/assets/outlines.json", import.meta.url), text);
process.stdout.write(`${lines.length} countries, ${text.length} bytes\n`);
