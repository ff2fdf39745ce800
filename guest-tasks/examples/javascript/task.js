// A task in JavaScript: reports software by the version file that it leaves.
//
// A host's refusal arrives as an exception whose payload is the error of wit/deps/types. What execute throws has to be a
// failure of wit/task.wit, `{ tag, val }`: anything else ends the run without a word.
import { stat, read } from "airlock:files/files@0.1.0";
import { emit, log } from "airlock:task/run@0.1.0";

export const task = {
  describe() {
    return { name: "version-js", version: "0.1.0", summary: "reports software by the version file that it leaves" };
  },

  execute(unit) {
    const job = parsed(unit.job);
    if (asked(() => stat(job.file)) === undefined) {
      log("info", `${job.software} is not installed`);
      return;
    }
    const version = first(asked(() => read(job.file, 0, 4096)));
    if (version === undefined) {
      throw { tag: "failed", val: `${job.file} has no version in its first line` };
    }
    asked(() => emit("softwares", table({ name: job.software, version, from: "file" })));
  },
};

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw { tag: "bad-job", val: String(error) };
  }
}

// Calls the host, and turns its error into the task's failure.
function asked(call) {
  try {
    return call();
  } catch (error) {
    const why = error?.payload ?? error;
    if (why?.tag === "denied") {
      throw { tag: "denied", val: why.val };
    }
    throw { tag: "failed", val: `${why?.tag ?? error}${why?.val === undefined ? "" : `: ${why.val}`}` };
  }
}

function first(bytes) {
  const line = String.fromCharCode(...bytes).split("\n")[0].trim();
  return /^[0-9][0-9A-Za-z._+~-]{0,63}$/.test(line) ? line : undefined;
}

// One row of texts as a table: the names, a span for each value, and the bytes of all texts.
function table(row) {
  const bytes = [];
  const values = Object.values(row).map((text) => {
    const start = bytes.length;
    for (const char of unescape(encodeURIComponent(text))) {
      bytes.push(char.charCodeAt(0));
    }
    return { tag: "text", val: { start, length: bytes.length - start } };
  });
  return { fields: Object.keys(row), values, texts: new Uint8Array(bytes) };
}
