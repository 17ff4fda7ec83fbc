// Drives the page as a person does, and leaves what was seen in the document.
const seen = {};
const at = (id) => document.getElementById(id);
const names = () => [...document.querySelectorAll("#map > g")].map((node) => node.getAttribute("aria-label").split(":")[0]);
const column = (n) => [...document.querySelectorAll(`#layers tbody td:nth-child(${n})`)].map((cell) => cell.textContent);
const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

seen.totals = [...document.querySelectorAll("#totals tr")].map((row) => [...row.children].map((cell) => cell.textContent));
seen.whole = at("told").textContent;
seen.top = names();
seen.rows = column(1).length;

const module = document.querySelector("#map > g");
module.querySelector("rect").dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
seen.hovered = at("told").textContent;
module.dispatchEvent(new MouseEvent("click", { bubbles: true }));
seen.entered = names();
seen.trail = at("trail").textContent;
at("trail").querySelector("button").click();
seen.left = names();

document.querySelector("#map > g[tabindex='0']").focus();
press("ArrowRight");
seen.focused = document.activeElement.getAttribute("aria-label").split(":")[0];
press("ArrowLeft");
press("Enter");
seen.enteredByKey = names();
press("Escape");
seen.leftByKey = names();

document.querySelectorAll("#layers th button")[4].click();
seen.largest = column(5).slice(0, 2);
document.querySelectorAll("#layers th button")[4].click();
seen.smallest = column(5)[0];
seen.ariaSort = document.querySelector("#layers th[aria-sort]").getAttribute("aria-sort");
at("search").value = "norm";
at("search").dispatchEvent(new Event("input"));
seen.search = column(1);
seen.found = at("found").textContent;

at("measure").value = at("measure").options.length - 1;
at("measure").dispatchEvent(new Event("change"));
seen.measured = at("told").textContent;

seen.tabs = [...document.querySelectorAll("#models button")].map((tab) => tab.textContent);
seen.compared = [...document.querySelectorAll("#comparison tbody tr")].map((row) => row.children[1].textContent);
const second = document.querySelectorAll("#models button")[1];
if (second) {
  second.click();
  seen.second = at("totals").querySelector("td").textContent;
}
seen.requests = performance.getEntriesByType("resource").map((entry) => entry.name);
seen.markup = document.querySelectorAll("main img, main script, main b").length;
seen.wrong = window.wrong;
const answer = document.createElement("pre");
answer.id = "seen";
answer.textContent = JSON.stringify(seen);
document.body.append(answer);
