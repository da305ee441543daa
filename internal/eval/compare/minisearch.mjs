// Runs MiniSearch for the comparison: reads a task a line as JSON, and writes
// what came of it a line. Times are taken here, around each search, so that the
// pipe has no part in them.
import { createInterface } from 'node:readline'
import MiniSearch from 'minisearch'

const now = () => Number(process.hrtime.bigint())
const warm = 1e9 // nanoseconds of searching before the first is timed, for the compiler
const warmed = new Set() // the options that have been searched with

function heap () {
  global.gc()
  return process.memoryUsage().heapUsed
}

function run ({ sentences, questions, options, limit, rounds }) {
  const documents = sentences.map((text, id) => ({ id, text }))
  const before = heap()
  const start = now()
  const index = new MiniSearch({ fields: ['text'], searchOptions: options })
  index.addAll(documents)
  const build = now() - start

  const found = questions.map((q) => {
    const hits = index.search(q).slice(0, limit)
    return { ranking: hits.map((h) => h.id), confidence: hits.length > 0 ? hits[0].score : 0 }
  })
  const kind = JSON.stringify(options)
  for (const end = now() + warm; !warmed.has(kind) && now() < end;) {
    for (const q of questions) index.search(q)
  }
  warmed.add(kind)
  const times = []
  for (let round = 0; round < rounds; round++) {
    for (const q of questions) {
      const start = now()
      index.search(q)
      times.push(now() - start)
    }
  }
  const bytes = heap() - before
  return { build, bytes, found, times }
}

console.log(JSON.stringify({ ready: true }))
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(run(JSON.parse(line))))
}
