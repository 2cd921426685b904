// Passkeys: asks the browser for one when its button is pressed, and sends the answer
// with the form. Bytes travel as base64url.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list || []).map((k) => ({ ...k, id: bytes(k.id) }));

const ask = async (asked) => {
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  if (asked.user) {
    publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
    publicKey.excludeCredentials = known(asked.excludeCredentials);
    return navigator.credentials.create({ publicKey });
  }
  publicKey.allowCredentials = known(asked.allowCredentials);
  return navigator.credentials.get({ publicKey });
};

const answer = ({ id, rawId, type, response: r }) => ({
  id,
  rawId: text(rawId),
  type,
  response: {
    clientDataJSON: text(r.clientDataJSON),
    attestationObject: text(r.attestationObject),
    transports: r.getTransports?.(),
    authenticatorData: r.attestationObject ? undefined : text(r.authenticatorData),
    signature: text(r.signature),
    userHandle: text(r.userHandle) || undefined,
  },
});

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const says = form.querySelector("[data-says]");
  if (!window.PublicKeyCredential) {
    says.textContent = "This browser can’t use passkeys.";
    continue;
  }
  const button = form.querySelector("[data-ask]");
  button.hidden = false;
  button.addEventListener("click", () => form.requestSubmit());
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    says.textContent = "Please look at what your device asks.";
    try {
      form.elements.passkey.value = JSON.stringify(answer(await ask(JSON.parse(form.dataset.passkey))));
      form.submit();
    } catch (fault) {
      says.textContent =
        fault.name === "InvalidStateError"
          ? "This device has a passkey for your account already."
          : "That was stopped or took too long. Nothing has changed. You can try again.";
      button.disabled = false;
    }
  });
}
