;;; emacs_eglot.el --- drives eglot in batch: completion, diagnostics, a code action  -*- lexical-binding: t -*-

;; Started by tests/editors/test_emacs.py as: emacs --batch -l emacs_eglot.el COMMAND FILE OUT

;;; Code:

(require 'package)
(package-initialize)
(require 'eglot)
(require 'json)

(defun fixbot-until (look)
  "Wait until LOOK returns something, and return it."
  (let ((tries 0) found)
    (while (and (not (setq found (funcall look))) (< tries 600))
      (accept-process-output nil 0.1)
      (setq tries (1+ tries)))
    (or found (error "Waited in vain"))))

(pcase-let ((`(,command ,file ,out) command-line-args-left))
  (setq command-line-args-left nil
        eglot-confirm-server-initiated-edits nil
        eglot-sync-connect 60
        eglot-server-programs
        `((python-mode . (,command "lsp" :initializationOptions
                                   (:diagnostics (:ruff t :semgrep :json-false)
                                    :background (:enabled :json-false))))))
  (find-file file)
  (python-mode)
  (apply #'eglot--connect (eglot--guess-contact))
  (let* ((server (eglot-current-server))
         (seen (make-hash-table :test 'equal)))
    (goto-char (point-max))
    (insert "    cart.")
    (eglot--signal-textDocument/didChange)
    (puthash "members"
             (fixbot-until
              (lambda ()
                (when-let* ((found (eglot-completion-at-point))
                            (all (all-completions "" (nth 2 found))))
                  (and (member "total" (mapcar #'substring-no-properties all))
                       (vconcat (mapcar #'substring-no-properties all))))))
             seen)
    (delete-char -9)
    (eglot--signal-textDocument/didChange)
    (set-buffer-modified-p t)
    (let ((inhibit-message t)) (save-buffer))
    (flymake-start)
    (let* ((mark (fixbot-until (lambda () (accept-process-output nil 0.05) (flymake-start)
                                    (seq-find (lambda (each) (string-match-p "F401\\|unused" (flymake-diagnostic-text each)))
                                              (flymake-diagnostics)))))
           (beg (flymake-diagnostic-beg mark)))
      (puthash "diagnostic" (flymake-diagnostic-text mark) seen)
      (puthash "line" (line-number-at-pos beg) seen)
      (goto-char beg)
      (let* ((place (eglot--pos-to-lsp-position beg))
             (actions (jsonrpc-request
                       server :textDocument/codeAction
                       (list :textDocument (eglot--TextDocumentIdentifier)
                             :range (list :start place :end place)
                             :context '(:diagnostics []))
                       :timeout 60))
             (fix (seq-find (lambda (each) (string-prefix-p "Fix: " (plist-get each :title))) actions)))
        (unless fix (error "No fix among %S" (mapcar (lambda (each) (plist-get each :title)) actions)))
        (puthash "title" (plist-get fix :title) seen)
        (unless (plist-get fix :edit)
          (setq fix (jsonrpc-request server :codeAction/resolve fix)))
        (eglot--apply-workspace-edit (plist-get fix :edit))
        (puthash "text" (buffer-substring-no-properties (point-min) (point-max)) seen)))
    (eglot-shutdown server)
    (with-temp-file out (insert (json-encode seen)))))

;;; emacs_eglot.el ends here
