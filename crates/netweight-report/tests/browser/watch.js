window.wrong = [];
window.addEventListener("error", (event) => window.wrong.push(`error: ${event.message}`));
document.addEventListener("securitypolicyviolation", (event) => window.wrong.push(`request: ${event.blockedURI}`));
for (const level of ["error", "warn"]) {
  const say = console[level];
  console[level] = (...words) => (window.wrong.push(`console: ${words.join(" ")}`), say(...words));
}
