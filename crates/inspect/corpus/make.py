"""Makes the corpus of marked, unmarked and hostile files: every format, every place, every marking.

    make.py DIRECTORY

Files are made by the programs that people make them with: python-docx, openpyxl, python-pptx, reportlab, Python's own
e-mail, zip and tar, and LibreOffice for what these cannot write. DIRECTORY/manifest.jsonl says of each file what it is and
what a scan by the policy il2 must say of it. Nothing in it is chance: two runs make the same files.
"""

import bz2, gzip, io, json, os, re, shutil, subprocess, sys, tarfile, zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.comments import Comment
from pptx.util import Inches
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

OUT = Path(sys.argv[1])
LINES = []

# What is written, and what il2 says of it.
MARKINGS = [
    ("NOT PROTECTIVELY MARKED", "allowed"), ("UNCLASSIFIED", "allowed"), ("PROTECT", "allowed"), ("PROTECT - PERSONAL", "allowed"),
    ("RESTRICTED", "above"), ("RESTRICTED - POLICY", "above"), ("RESTRICTED – INVESTIGATIONS", "above"), ("CONFIDENTIAL", "above"),
    ("CONFIDENTIAL - UK EYES ALPHA", "above"), ("SECRET", "above"), ("TOP SECRET", "above"),
    ("OFFICIAL", "allowed"), ("OFFICIAL-SENSITIVE", "ask"), ("OFFICIAL - SENSITIVE", "ask"), ("OFFICIAL: SENSITIVE: COMMERCIAL", "ask"),
    ("OFFICIAL-SENSITIVE [PERSONAL DATA]", "ask"), ("OFFICIAL-SENSITIVE RECIPIENTS ONLY", "ask"), ("UK SECRET", "above"),
    ("SECRET - UK EYES ONLY", "above"), ("TOP SECRET - ORCHID - FIVE EYES ONLY", "above"),
    ("NATO UNCLASSIFIED", "above"), ("NATO RESTRICTED", "above"), ("NATO CONFIDENTIAL", "above"), ("NATO SECRET", "above"),
    ("COSMIC TOP SECRET", "above"),
    ("RESTREINT UE/EU RESTRICTED", "above"), ("CONFIDENTIEL UE/EU CONFIDENTIAL", "above"), ("SECRET UE/EU SECRET", "above"),
    ("TRÈS SECRET UE/EU TOP SECRET", "above"),
    # Another nation's, and a word of every day: where it stands alone once, somebody is asked.
    ("UNOFFICIAL", "allowed"), ("PROTECTED", ("above", "doubtful")),
]
FEW = [m for m in MARKINGS if m[0] in (
    "RESTRICTED", "RESTRICTED - POLICY", "CONFIDENTIAL", "SECRET", "TOP SECRET", "OFFICIAL-SENSITIVE", "NATO SECRET",
    "RESTREINT UE/EU RESTRICTED", "OFFICIAL", "PROTECT - PERSONAL")]
PROSE = [
    "The group met on Tuesday and went through the figures for the quarter.",
    "Referrals rose in the north and fell in the south, as was expected after the change of contract.",
    "Two actions were left open from the last meeting and both are now closed.",
    "The next report is due in June, and the team will send a draft two weeks before.",
    "Nobody raised an objection to the plan, which goes to the board next.",
    "Costs were within the budget, apart from travel.",
]


def put(kind, format, place, name, content, expect, marking=""):
    """Writes a file and says what it is. `expect` is a verdict, or several that will do."""
    path = OUT / kind / format / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    tell(kind, format, place, path, expect, marking)


def tell(kind, format, place, path, expect, marking=""):
    expect = [expect] if isinstance(expect, str) else list(expect)
    LINES.append({"file": str(path.relative_to(OUT)), "kind": kind, "format": format, "place": place, "marking": marking, "expect": expect})


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(package, changes):
    """A package with parts added or changed: name to a function of what was there, or to text."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name in changes:
                change = changes.pop(name)
                body = change(body) if callable(change) else change.encode()
            new.writestr(name, body)
        for name, text in changes.items():
            new.writestr(name, text)
    return out.getvalue()


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def custom(package, name, value):
    """With a property of the organisation's own."""
    part = (
        '<?xml version="1.0" encoding="UTF-8"?><Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" '
        f'pid="2" name="{name}"><vt:lpwstr>{escaped(value)}</vt:lpwstr></property></Properties>')
    types = lambda body: body.replace(b"</Types>", b'<Override PartName="/docProps/custom.xml" ContentType="application/vnd.openxmlformats-officedocument.custom-properties+xml"/></Types>')
    rels = lambda body: body.replace(b"</Relationships>", b'<Relationship Id="rIdCustom" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties" Target="docProps/custom.xml"/></Relationships>')
    return changed(package, {"docProps/custom.xml": part, "[Content_Types].xml": types, "_rels/.rels": rels})


# ---------------------------------------------------------------- Word

def word(body=PROSE):
    document = docx.Document()
    for line in body:
        document.add_paragraph(line)
    return document


def docx_header(m):
    d = word(); d.sections[0].header.paragraphs[0].text = m; return saved(d)


def docx_footer(m):
    d = word(); d.sections[0].footer.paragraphs[0].text = f"{m}\tPage 1"; return saved(d)


def docx_first(m):
    d = word(); s = d.sections[0]; s.different_first_page_header_footer = True; s.first_page_header.paragraphs[0].text = m; return saved(d)


def docx_even(m):
    d = word(); d.settings.odd_and_even_pages_header_footer = True; d.sections[0].even_page_footer.paragraphs[0].text = m; return saved(d)


def docx_top(m):
    return saved(word([m, *PROSE]))


def docx_bottom(m):
    return saved(word([*PROSE, m]))


def docx_middle(m):
    return saved(word([*PROSE, m, *PROSE]))


def docx_label(m):
    return saved(word([*PROSE, f"Protective marking: {m}", *PROSE]))


def docx_table(m):
    d = word(); t = d.add_table(1, 2); t.cell(0, 0).text = "Classification"; t.cell(0, 1).text = m
    for line in PROSE: d.add_paragraph(line)
    return saved(d)


def docx_split(m):
    d = word(); p = d.sections[0].header.paragraphs[0]
    for at in range(0, len(m), 2): p.add_run(m[at:at + 2]).bold = at % 4 == 0
    return saved(d)


def docx_box(m):
    d = word()
    d.sections[0].header.paragraphs[0]._p.append(parse_xml(
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>{escaped(m)}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>'))
    return saved(d)


def docx_watermark(m):
    d = word()
    d.sections[0].header.paragraphs[0]._p.append(parse_xml(
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape id="PowerPlusWaterMarkObject1"><v:textpath string="{escaped(m)}"/></v:shape></w:pict></w:r>'))
    return saved(d)


def docx_comment(m):
    d = word(); p = d.paragraphs[0]; d.add_comment(p.runs, text=m, author="A"); return saved(d)


def docx_deleted(m):
    d = word(); d.paragraphs[-1]._p.append(parse_xml(
        f'<w:del {nsdecls("w")} w:id="1" w:author="A"><w:r><w:delText>{escaped(m)}</w:delText></w:r></w:del>'))
    return saved(d)


def docx_hidden(m):
    d = word(); p = d.add_paragraph(); p.add_run(m).font.hidden = True; d.add_paragraph("The end of it."); return saved(d)


def docx_title(m):
    d = word(); d.core_properties.title = f"{m}: report of the group"; return saved(d)


def docx_keywords(m):
    d = word(); d.core_properties.keywords = f"report; {m}; 2011"; return saved(d)


def docx_msip(m):
    return custom(saved(word()), "MSIP_Label_0f0f0f0f-1111-2222-3333-444444444444_Name", m)


def docx_boldon(m):
    return custom(saved(word()), "bjDocumentSecurityLabel", m)


def docx_titus(m):
    return custom(saved(word()), "Classification", m)


DOCX = {name[5:]: made for name, made in list(globals().items()) if name.startswith("docx_")}

# ---------------------------------------------------------------- Excel


def book():
    b = openpyxl.Workbook(); s = b.active; s.title = "Costs"
    for row in (["Item", "Month", "Cost"], ["Rent", "June", 1200], ["Travel", "June", 310], ["Paper", "June", 12], ["Rent", "July", 1200],
                ["Travel", "July", 280], ["Paper", "July", 9], ["Rent", "August", 1200]):
        s.append(row)
    return b


def xlsx_header(m):
    b = book(); b.active.oddHeader.center.text = m.replace("&", "&&"); b.active.oddHeader.center.size = 14; return saved(b)


def xlsx_footer(m):
    b = book(); b.active.oddFooter.center.text = m; b.active.oddFooter.right.text = "Page &P"; return saved(b)


def xlsx_first(m):
    b = book(); b.active.HeaderFooter.differentFirst = True; b.active.firstHeader.left.text = m; return saved(b)


def xlsx_cell(m):
    b = book(); b.active.insert_rows(1); b.active["A1"] = m; return saved(b)


def xlsx_last(m):
    b = book(); b.active.append([m]); return saved(b)


def xlsx_hidden(m):
    b = book(); s = b.create_sheet("Lists"); s["A1"] = m; s.sheet_state = "veryHidden"; return saved(b)


def xlsx_comment(m):
    b = book(); b.active["B2"].comment = Comment(m, "A"); return saved(b)


def xlsx_title(m):
    b = book(); b.properties.title = m; return saved(b)


def xlsx_boldon(m):
    return custom(saved(book()), "bjDocumentSecurityLabel", m)


XLSX = {name[5:]: made for name, made in list(globals().items()) if name.startswith("xlsx_")}

# ---------------------------------------------------------------- PowerPoint


def show():
    p = pptx.Presentation()
    for title in ("The quarter", "Costs", "What comes next"):
        s = p.slides.add_slide(p.slide_layouts[1]); s.shapes.title.text = title; s.placeholders[1].text = "\n".join(PROSE[:4])
    return p


def boxed(shapes, m):
    shapes.add_textbox(Inches(1), Inches(0.1), Inches(5), Inches(0.5)).text_frame.text = m


def pptx_slide(m):
    p = show(); boxed(p.slides[0].shapes, m); return saved(p)


def pptx_title(m):
    p = show(); p.slides[0].shapes.title.text = m; return saved(p)


def pptx_notes(m):
    p = show(); p.slides[1].notes_slide.notes_text_frame.text = m; return saved(p)


def pptx_master(m):
    p = show()
    box = p.slides[0].shapes.add_textbox(0, 0, Inches(5), Inches(0.5)); box.text_frame.text = m
    p.slide_master.shapes._spTree.append(box._element); return saved(p)


def pptx_layout(m):
    p = show()
    box = p.slides[0].shapes.add_textbox(0, 0, Inches(5), Inches(0.5)); box.text_frame.text = m
    p.slide_layouts[1].shapes._spTree.append(box._element); return saved(p)


def pptx_hidden(m):
    p = show(); boxed(p.slides[2].shapes, m); p.slides[2]._element.set("show", "0"); return saved(p)


def pptx_subject(m):
    p = show(); p.core_properties.subject = m; return saved(p)


def pptx_boldon(m):
    return custom(saved(show()), "bjDocumentSecurityLabel", m)


PPTX = {name[5:]: made for name, made in list(globals().items()) if name.startswith("pptx_")}

# ---------------------------------------------------------------- PDF


def pdf(top="", bottom="", lines=PROSE, info=None, note="", pages=2):
    out = io.BytesIO(); c = canvas.Canvas(out, pagesize=A4, invariant=1); width, height = A4
    for what, said in (info or {}).items(): getattr(c, "set" + what)(said)
    for number in range(pages):
        c.setFont("Helvetica-Bold", 12)
        if top: c.drawCentredString(width / 2, height - 40, top)
        c.setFont("Helvetica", 11)
        for at, line in enumerate(lines): c.drawString(60, height - 90 - 18 * at, line)
        if bottom: c.drawCentredString(width / 2, 40, bottom)
        if note and number == 0: c.textAnnotation(note, Rect=[60, 60, 200, 100])
        c.showPage()
    c.save(); return out.getvalue()


PDF = {
    "header": lambda m: pdf(top=m), "footer": lambda m: pdf(bottom=m), "both": lambda m: pdf(top=m, bottom=m),
    "title": lambda m: pdf(info={"Title": f"{m} - report"}), "subject": lambda m: pdf(info={"Subject": m}),
    "keywords": lambda m: pdf(info={"Keywords": f"report, {m}"}), "note": lambda m: pdf(note=m),
    "middle": lambda m: pdf(lines=[*PROSE, m, *PROSE]),
}

# ---------------------------------------------------------------- mail, text and the rest


def mail(subject="Minutes of June", body=PROSE, headers=(), attach=None, html=None):
    e = EmailMessage(); e["From"] = "a@example.org"; e["To"] = "b@example.org"; e["Date"] = "Mon, 06 Jun 2011 10:00:00 +0000"
    e["Message-ID"] = "<1@example.org>"; e["Subject"] = subject
    for name, value in headers: e[name] = value
    e.set_content("\n".join(body))
    if html: e.add_alternative(html, subtype="html")
    if attach:
        name, content = attach
        if isinstance(content, EmailMessage): e.add_attachment(content)
        else: e.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if e.is_multipart(): e.set_boundary("=_corpus")
    return e


EML = {
    "subject": lambda m: mail(subject=f"{m}: minutes of June"), "subject-end": lambda m: mail(subject=f"Minutes of June [{m}]" if "[" not in m else f"Minutes - {m}"),
    "top": lambda m: mail(body=[m, "", *PROSE]), "bottom": lambda m: mail(body=[*PROSE, "", m]),
    "x-protective-marking": lambda m: mail(headers=[("X-Protective-Marking", m)]),
    "sio-label": lambda m: mail(headers=[("SIO-Label", f'marking="{m}"; fgcolor=black; type=":ess"')]),
    "msip": lambda m: mail(headers=[("msip_labels", f"MSIP_Label_0f0f-1_Enabled=true; MSIP_Label_0f0f-1_Name={m};")]),
    "keywords": lambda m: mail(headers=[("Keywords", m)]),
    "attached": lambda m: mail(attach=("minutes.docx", docx_header(m))),
    "nested": lambda m: mail(attach=("", mail(subject=f"{m} - papers"))),
    "html": lambda m: mail(html=f"<html><body><p align=center><b>{escaped(m)}</b></p><p>{PROSE[0]}</p></body></html>"),
}


def page(head="", top="", body=PROSE):
    return f"<!DOCTYPE html><html><head>{head}<style>p{{color:red}}</style></head><body>{top}{''.join(f'<p>{escaped(l)}</p>' for l in body)}</body></html>"


HTML = {
    "title": lambda m: page(head=f"<title>{escaped(m)} - report</title>"), "header": lambda m: page(top=f"<header>{escaped(m)}</header>"),
    "top": lambda m: page(top=f"<h1>{escaped(m)}</h1>"), "meta": lambda m: page(head=f'<meta name="classification" content="{escaped(m)}">'),
    "hidden": lambda m: page(top=f'<div style="display: none">{escaped(m)}</div>'), "split": lambda m: page(top="<p>" + "".join(f"<b>{escaped(c)}</b>" for c in m) + "</p>"),
}


def lines(m): return "\r\n".join([m, "", *PROSE, "", m]) + "\r\n"


TXT = {
    "utf-8": lambda m: lines(m).encode(), "utf-8-mark": lambda m: b"\xef\xbb\xbf" + lines(m).encode(),
    "utf-16": lambda m: lines(m).encode("utf-16"), "utf-16-bare": lambda m: lines(m).encode("utf-16-le"),
    "cp1252": lambda m: lines(m).encode("cp1252"), "utf-32": lambda m: lines(m).encode("utf-32"),
    "top": lambda m: ("\n".join([m, *PROSE])).encode(), "label": lambda m: ("\n".join([*PROSE, f"Classification: {m}", *PROSE])).encode(),
}


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, body in members.items(): z.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


def tarred(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as t:
        for name, body in members.items():
            info = tarfile.TarInfo(name); info.size = len(body); t.addfile(info, io.BytesIO(body))
    return out.getvalue()


def plain():
    def all(format, ending, places, markings, content=lambda x: x):
        for place, made in places.items():
            for number, (m, expect) in enumerate(markings):
                try:
                    body = content(made(m))
                except UnicodeEncodeError:
                    continue
                put("plain", format, place, f"{place}-{number:02}.{ending}", body, expect, m)

    all("docx", "docx", DOCX, MARKINGS)
    all("xlsx", "xlsx", XLSX, MARKINGS)
    all("pptx", "pptx", PPTX, MARKINGS)
    all("pdf", "pdf", PDF, MARKINGS)
    all("eml", "eml", EML, [m for m in MARKINGS if m[0].isascii()], bytes)
    all("html", "html", HTML, MARKINGS, str.encode)
    all("txt", "txt", TXT, MARKINGS)
    all("md", "md", {"top": lambda m: f"**{m}**\n\n# Report\n\n" + "\n\n".join(PROSE)}, MARKINGS, str.encode)
    all("csv", "csv", {"top": lambda m: f"{m}\nItem,Cost\nRent,1200\nTravel,310\nPaper,12\nRent,1200\n"}, FEW, str.encode)
    all("xml", "xml", {"first": lambda m: f"<?xml version='1.0'?><report><marking>{escaped(m)}</marking><text>{PROSE[0]}</text></report>"}, FEW, str.encode)
    all("zip", "zip", {"member": lambda m: zipped({"a/readme.txt": b"See the report.", "a/report.docx": docx_header(m)}),
                       "name": lambda m: zipped({f"{m.replace('/', ' ')} - report.txt": "\n".join(PROSE).encode()})}, FEW)
    all("tar", "tar", {"member": lambda m: tarred({"report.docx": docx_header(m)})}, FEW)
    all("tgz", "tgz", {"member": lambda m: gzip.compress(tarred({"report.txt": lines(m).encode()}), mtime=0)}, FEW)
    all("bz2", "txt.bz2", {"text": lambda m: bz2.compress(lines(m).encode())}, FEW)
    for number, (m, expect) in enumerate(FEW):
        name = m.replace("/", " ")
        for form, body in ((f"{name} - report.docx", saved(word())), (f"report {name}.pdf", pdf()), (f"2011-06_{name.replace(' ', '_')}_report.txt", "\n".join(PROSE).encode())):
            put("plain", "name", "file name", form, body, expect, m)
    by_libreoffice()


def by_libreoffice():
    """The formats that only it writes, made from those above."""
    program = shutil.which("soffice")
    if not program:
        print("LibreOffice is not here: doc, xls, ppt, odt, ods, odp and rtf are left out", file=sys.stderr)
        return
    scratch = OUT / "scratch"
    work = [
        ("docx", ["header", "footer", "first", "top", "middle", "boldon", "title", "comment"], DOCX, ["doc", "odt", "rtf", "pdf"]),
        ("xlsx", ["header", "cell", "hidden", "title", "boldon", "chart"], {**XLSX, "chart": lambda m: saved(charted(m))}, ["xls", "ods"]),
        ("pptx", ["slide", "notes", "hidden", "boldon", "master"], PPTX, ["ppt", "odp"]),
    ]
    for ending, places, made, formats in work:
        source = scratch / ending
        source.mkdir(parents=True, exist_ok=True)
        expected = {}
        for place in places:
            for number, (m, expect) in enumerate(FEW):
                name = f"{place}-{number:02}"
                (source / f"{name}.{ending}").write_bytes(made[place](m))
                expected[name] = (place, m, expect)
        for format in formats:
            target = OUT / "plain" / f"{format}-libreoffice"
            target.mkdir(parents=True, exist_ok=True)
            subprocess.run([program, "--headless", f"-env:UserInstallation=file://{scratch.resolve()}/profile", "--convert-to", format, "--outdir", str(target),
                            *map(str, sorted(source.iterdir()))], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for name, (place, m, expect) in expected.items():
                path = target / f"{name}.{format}"
                # A PDF has neither hidden properties of its own kind nor comments.
                if path.exists() and not (format == "pdf" and place in ("boldon", "comment")):
                    tell("plain", f"{format}-libreoffice", place, path, expect, m)
    shutil.rmtree(scratch)


# ---------------------------------------------------------------- places that few programs show

def renamed(package, was, to):
    """A package with a part that is called otherwise, and found by its relation all the same."""
    out = io.BytesIO(); short = (was.split("/", 1)[1].encode(), to.split("/", 1)[1].encode())
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(to if name == was else name, old.read(name).replace(*short) if name.endswith((".rels", "Types].xml")) else old.read(name))
    return out.getvalue()


def charted(m):
    from openpyxl.chart import BarChart, Reference
    b = book(); c = BarChart(); c.title = m; c.add_data(Reference(b.active, min_col=3, min_row=1, max_row=5), titles_from_data=True); b.active.add_chart(c, "F2")
    return b


def unlisted(m):
    """An archive of two members, of which its list has one."""
    first, second = zipped({"a.txt": b"See the report."}), zipped({"b.txt": lines(m).encode()})
    at, until = first.index(b"PK\x01\x02"), second.index(b"PK\x01\x02"); end = first.index(b"PK\x05\x06")
    tail = bytearray(first[end:]); tail[16:20] = (at + until).to_bytes(4, "little")
    return first[:at] + second[:until] + first[at:end] + bytes(tail)


def commented(m):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z: info = zipfile.ZipInfo("a.txt"); info.comment = m.encode(); z.writestr(info, b"See the report.")
    return out.getvalue()


def titus(m):
    import base64
    return base64.b64encode(json.dumps({"CategoryLabels": "", "Metadata": {"ns": "http://www.titus.com/ns/Acme", "id": "a", "props": [{"n": "AcmeClassification", "vals": [{"value": m}]}]}}).encode()).decode()


def parted(m):
    """A message whose second part is rich text within it."""
    e = mail(); e.add_alternative(rtf(m).decode(), subtype="rtf"); e.set_boundary("=_corpus"); return bytes(e)


def flat(inner):
    import base64
    return ('<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
            'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
            f'<text:p>{PROSE[0]}</text:p><text:p><draw:frame><draw:object-ole><office:binary-data>{base64.encodebytes(inner).decode()}</office:binary-data></draw:object-ole></draw:frame></text:p>'
            '</office:text></office:body></office:document>').encode()


def tagged(m):
    """A photograph with what its camera's owner says of it."""
    exif = Image.Exif(); exif[0x010E] = m; out = io.BytesIO(); Image.new("RGB", (64, 48), (90, 120, 160)).save(out, "JPEG", exif=exif); return out.getvalue()


def remarked(m, packed=False):
    from PIL.PngImagePlugin import PngInfo
    said = PngInfo(); said.add_text("Description", m, zip=packed); out = io.BytesIO(); Image.new("RGB", (64, 48), (90, 120, 160)).save(out, "PNG", pnginfo=said); return out.getvalue()


def pictured(content):
    d = word(); d.add_picture(io.BytesIO(content), width=Inches(1)); return saved(d)


def saved_over(m):
    """A PDF in whose first state the marking stood, and which was then saved with another page behind its end."""
    before = pdf(top=m, pages=1); after = pdf(pages=1); number = lambda f: int(re.search(rb"/Contents (\d+) 0 R", f)[1])
    held = re.search(rb"\n%d 0 obj\s(.*?)endobj" % number(after), after, re.S)[1]; at = len(before); start = int(re.findall(rb"startxref\s+(\d+)", before)[-1]); root = re.findall(rb"/Root (\d+ 0 R)", before)[-1]
    body = b"%d 0 obj\n" % number(before) + held + b"endobj\n"
    return before + body + b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 99/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (number(before), at, root, start, at + len(body))


def exchanged(m):
    """A message as Exchange sends it to others (MS-OXTNEF): a property of the organisation's own, and an attachment."""
    import struct
    attribute = lambda id, data: struct.pack("<BII", 1, id, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return struct.pack("<IH", 0x223E9F78, 1) + attribute(0x18004, b"Minutes\0") + attribute(0x2800C, PROSE[0].encode() + b"\0") + attribute(0x69002, bytes(14)) + attribute(0x18010, b"a.txt\0") + attribute(0x6800F, lines(m).encode())


def base64ed(m):
    import base64
    return base64.encodebytes(lines(m).encode())


def utf7(m):
    import base64
    return "\n".join(["+" + base64.b64encode(m.encode("utf-16-be")).decode().rstrip("=") + "-", *PROSE]).encode()


def noted(m, name, part):
    return changed(saved(word()), {name: part(escaped(m))})


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

PLACES = {
    ("pdf", "earlier state"): saved_over,
    ("dat", "sent by Exchange"): exchanged,
    ("txt", "base64"): base64ed, ("txt", "digits"): lambda m: lines(m).encode().hex().encode(), ("txt", "UTF-7"): utf7,
    ("txt", "entities"): lambda m: "\n".join(["".join(f"&#{ord(c)};" for c in m), *PROSE]).encode(),
    ("docx", "author of a comment"): lambda m: noted(m, "word/people.xml", lambda m: f'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="{m}"/></w15:people>'),
    ("docx", "name of a style"): lambda m: noted(m, "word/styles2.xml", lambda m: f'<w:styles {W}><w:style w:type="paragraph" w:styleId="a"><w:name w:val="{m}"/></w:style></w:styles>'),
    ("rtf", "name of a place"): lambda m: ("{\\rtf1\\ansi{\\*\\bkmkstart " + m + "}" + "\\par ".join(PROSE) + "\\par}").encode(),
    ("docx", "part called a theme"): lambda m: renamed(docx_header(m), "word/header1.xml", "word/theme/header1.xml"),
    ("docx", "part called a picture"): lambda m: renamed(docx_header(m), "word/header1.xml", "word/media/header1.png"),
    ("docx", "tags of a picture"): lambda m: pictured(tagged(m)), ("docx", "texts of a picture"): lambda m: pictured(remarked(m, packed=True)),
    ("docx", "behind the end"): lambda m: saved(word()) + b"\n" + m.encode(),
    ("docx", "Titus's own"): lambda m: custom(saved(word()), "AcmeClassification", m),
    ("xlsx", "chart"): lambda m: saved(charted(m)), ("xlsx", "texts called otherwise"): lambda m: renamed(xlsx_cell(m), "xl/sharedStrings.xml", "xl/Texts.xml"),
    ("eml", "x-titus-metadata"): lambda m: bytes(mail(headers=[("x-titus-metadata-40", titus(m))])),
    ("eml", "x-tituslabs-classifications"): lambda m: bytes(mail(headers=[("x-tituslabs-classifications-30", f"TLPropertyRoot=ACME;Classification={m};Release=GBR;")])),
    ("eml", "x-acmeclassification"): lambda m: bytes(mail(headers=[("x-acmeclassification", m)])),
    ("eml", "x-microsoft-classification"): lambda m: bytes(mail(headers=[("x-microsoft-classified", "true"), ("x-microsoft-classification", m)])),
    ("eml", "rich text within"): parted, ("emlx", "subject"): lambda m: b"420\n" + bytes(mail(subject=f"{m}: minutes")),
    ("html", "item"): lambda m: page(top=f'<meta itemprop="classification" content="{escaped(m)}">').encode(),
    ("html", "by a program"): lambda m: page(top=f'<script>document.write("{m}");</script>').encode(),
    ("html", "hidden within a word"): lambda m: page(top=f'<p>{m[:3]}<span style="display:none">zzz</span>{m[3:]}</p>').encode(),
    ("rtf", "capitals"): lambda m: ("{\\rtf1\\ansi{\\header\\pard\\caps " + m.lower() + "\\par}" + "\\par ".join(PROSE) + "\\par}").encode(),
    ("rtf", "variable"): lambda m: ("{\\rtf1\\ansi{\\*\\docvar {Marking}{" + m + "}}" + "\\par ".join(PROSE) + "\\par}").encode(),
    ("xml", "attribute of what it says"): lambda m: f"<?xml version='1.0'?><report><classification level=\"{escaped(m)}\"/><text>{PROSE[0]}</text></report>".encode(),
    ("fodt", "embedded"): lambda m: flat(docx_header(m)),
    ("pdf", "behind the end"): lambda m: pdf() + b"\n" + m.encode() + b"\n",
    ("zip", "comment of a member"): commented, ("zip", "unlisted"): unlisted, ("zip", "behind the end"): lambda m: zipped({"a.txt": b"See the report."}) + m.encode(),
    ("zip", "empty folder"): lambda m: zipped({"a.txt": b"See the report.", m.replace("/", " ") + "/": b""}),
    ("tar", "second archive"): lambda m: tarred({"a.txt": b"See the report."}) + tarred({"b.txt": lines(m).encode()}),
    ("jpg", "tags"): tagged, ("png", "texts"): remarked, ("png", "packed texts"): lambda m: remarked(m, packed=True),
    ("txt", "a letter a line"): lambda m: "\n".join([*m.replace(" ", ""), "", *PROSE]).encode(),
    ("txt", "struck again"): lambda m: "\n".join(["".join(f"{c}\b{c}" for c in m), *PROSE]).encode(),
    ("txt", "coloured"): lambda m: "\n".join([f"\x1b[1;31m{m[:3]}\x1b[0m{m[3:]}", *PROSE]).encode(),
}


def few_look():
    """Markings that may not be here, in places that few programs show. What is damaged besides may be unread as well."""
    for number, m in enumerate(("SECRET", "TOP SECRET", "NATO SECRET", "RESTRICTED")):
        for (format, place), made in PLACES.items():
            if place == "a letter a line" and " " in m: continue
            put("plain", "few-look", f"{format}: {place}", f"{place.replace(' ', '-').replace(chr(39), '')}-{number}.{format}", made(m), "above", m)


# ---------------------------------------------------------------- words in pictures, and in macros

def picture(lines, width=1240, height=900, turned=0, noise=0):
    """As a scanner or a camera makes it: black letters on a page that is not quite white."""
    image = Image.new("L", (width, height), 244); draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        size = 40 if number in (0, len(lines) - 1) else 26
        draw.text((width / 2 if number in (0, len(lines) - 1) else 80, 70 + number * (height - 140) / max(1, len(lines) - 1)), line, font=ImageFont.load_default(size), fill=25, anchor="mm" if size == 40 else "lm")
    for at in range(noise): image.putpixel(((at * 7919) % width, (at * 104729) % height), (at * 37) % 256)
    return image.rotate(turned, expand=True, fillcolor=244)


def encoded(image, format): out = io.BytesIO(); image.save(out, format); return out.getvalue()


def scanned(pages, first=()):
    out = io.BytesIO(); c = canvas.Canvas(out, pagesize=A4, invariant=1); width, height = A4
    for at, line in enumerate(first): c.drawString(60, height - 90 - 18 * at, line)
    if first: c.showPage()
    for page in pages:
        c.drawImage(ImageReader(page), 0, 0, width, height); c.showPage()
    c.save(); return out.getvalue()


def words_in_pictures():
    for m, expect in FEW:
        if not m.isascii(): continue
        name = m.replace(" ", "_").replace("/", "-")
        body = [m, *PROSE, m]
        for format, ending in (("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tif"), ("BMP", "bmp"), ("GIF", "gif"), ("WEBP", "webp")):
            put("picture", ending, "picture", f"{name}.{ending}", encoded(picture(body), format), expect, m)
        put("picture", "pdf", "scan", f"{name}.pdf", scanned([picture(PROSE, height=1754), picture(body, height=1754)]), expect, m)
        put("picture", "pdf", "scan after text", f"after-{name}.pdf", scanned([picture(body, height=1754)], first=PROSE), expect, m)
        put("picture", "png", "noise", f"noise-{name}.png", encoded(picture(body, noise=4000), "PNG"), expect, m)
        put("picture", "png", "turned by a quarter", f"turned-{name}.png", encoded(picture(body, turned=90), "PNG"), expect, m)
        put("picture", "png", "askew", f"askew-{name}.png", encoded(picture(body, turned=2), "PNG"), expect, m)
        d = word(); d.add_picture(io.BytesIO(encoded(picture(body), "PNG")), width=Inches(5)); put("picture", "docx", "picture", f"{name}.docx", saved(d), expect, m)
        p = show(); p.slides[0].shapes.add_picture(io.BytesIO(encoded(picture(body), "JPEG")), 0, 0, Inches(8)); put("picture", "pptx", "picture", f"{name}.pptx", saved(p), expect, m)
        put("picture", "zip", "picture", f"{name}.zip", zipped({"scan.png": encoded(picture(body), "PNG")}), expect, m)
        put("picture", "eml", "picture", f"{name}.eml", bytes(mail(attach=("scan.png", encoded(picture(body), "PNG")))), expect, m)
    fine = ("unmarked", "allowed", "unread", "doubtful")
    for number, text in enumerate(NEGATIVES[::4]):
        put("negative", "png", "picture", f"{number:02}.png", encoded(picture([PROSE[0], PROSE[1], text, *PROSE[2:]]), "PNG"), fine, text)
    # Nobody can make out what is on these, and they may not be taken for clean.
    put("picture", "png", "nothing", "grey.png", encoded(Image.new("L", (600, 400), 128), "PNG"), "unread")
    put("picture", "png", "nothing", "noise.png", encoded(picture([], 600, 400, noise=90000), "PNG"), "unread")


# ---------------------------------------------------------------- what carries no marking

NEGATIVES = [
    "The trade secret was kept for forty years.", "Restricted access: report to reception.", "Call the confidential helpline on 0800 000 000.",
    "Where the asset is not protectively marked, no further action is needed.", "This is an unofficial translation.", "The Secretary of State replied.",
    "A secret ballot was held.", "Your answers are confidential and will not be shared.", "Sales are restricted to four for each customer.",
    "The official opening is on Friday.", "He spoke unofficially.", "PRIVATE AND CONFIDENTIAL", "STRICTLY PRIVATE AND CONFIDENTIAL",
    "The TOP SECRET tier is for the most sensitive information.", "Material marked SECRET is kept in a safe.", "If a document is marked RESTRICTED, lock it away.",
    "OFFICIAL RECEIPT", "FOR OFFICIAL USE ONLY", "SECRET SANTA", "RESTRICTED AREA", "NO ENTRY - RESTRICTED AREA", "CONFIDENTIAL WASTE ONLY",
    "Protect your password.", "PROTECT OUR PLANET", "The protected characteristics are nine.", "Protected time for learning is on Wednesday.",
    "The secret of good minutes is brevity.", "Secrets and lies", "The committee's papers are no longer SECRET.", "This guidance replaces the RESTRICTED marking of 2010.",
    "It was once marked CONFIDENTIAL and was later released.", "Official statistics are published in June.", "A restricted list of suppliers was drawn up.",
    "Restricted, Confidential and Secret were the middle levels of the old scheme.", "Choose OFFICIAL, SECRET or TOP SECRET.", "The word SECRET comes from Latin.",
    "Non-confidential version", "NON-RESTRICTED", "Unrestricted use", "The confidentiality agreement is attached.", "Restricted stock units vest in May.",
    "The restricted three-body problem", "An official secret is defined in the Act.", "Official Secrets Act 1989", "She signed the Official Secrets Act.",
    "TOP TEN SECRETS", "THE SECRET GARDEN", "VICTORIA'S SECRET", "Confidential references are exempt.", "Restricted funds (see note 12)",
    "RESTRICTED FUNDS", "Unrestricted | Restricted | Total", "Top secret recipe for scones", "Data protection officer", "This e-mail is confidential and intended for the addressee.",
    "the restricted zone is open", "A note on the OFFICIAL-SENSITIVE marking", "Do not send SECRET papers by post.", "Whether a paper should be RESTRICTED is for its author.",
    "We do not hold CONFIDENTIAL or SECRET papers.",
]
LISTS = [
    ["The levels of the scheme", "OFFICIAL", "Most of what government does.", "SECRET", "What needs defending against capable threats.", "TOP SECRET", "The most sensitive.", PROSE[0], PROSE[1]],
    ["Old markings", PROSE[0], "PROTECT", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET", PROSE[1], PROSE[2], PROSE[3]],
]


def negatives():
    fine = ("unmarked", "allowed", "clearance", "doubtful")
    for number, text in enumerate(NEGATIVES):
        body = [*PROSE[:3], text, *PROSE[3:]]
        put("negative", "txt", "middle", f"{number:02}.txt", "\n".join(body).encode(), fine, text)
        put("negative", "docx", "middle", f"{number:02}.docx", saved(word(body)), fine, text)
        put("negative", "html", "middle", f"{number:02}.html", page(body=body).encode(), fine, text)
        put("negative", "eml", "middle", f"{number:02}.eml", bytes(mail(body=body)), fine, text)
        put("negative", "pdf", "middle", f"{number:02}.pdf", pdf(lines=body), fine, text)
        put("negative", "txt", "top", f"top-{number:02}.txt", "\n".join([text, *PROSE]).encode(), fine, text)
        put("negative", "eml", "subject", f"subject-{number:02}.eml", bytes(mail(subject=text)), fine, text)
        d = word(); d.sections[0].footer.paragraphs[0].text = text
        put("negative", "docx", "footer", f"footer-{number:02}.docx", saved(d), fine, text)
    for number, text in enumerate(LISTS):
        put("negative", "txt", "list", f"list-{number}.txt", "\n".join(text).encode(), fine)
        put("negative", "docx", "list", f"list-{number}.docx", saved(word(text)), fine)
        put("negative", "pdf", "list", f"list-{number}.pdf", pdf(lines=text, pages=1), fine)
    b = book()
    for row in (["Asset", "Classification", "Where"], ["Laptop", "OFFICIAL", "Leeds"], ["Safe", "SECRET", "Leeds"], ["Phone", "OFFICIAL", "Bath"]): b.active.append(row)
    put("negative", "xlsx", "register", "register.xlsx", saved(b), fine)
    for name in ("secret-santa.txt", "SECRET SANTA LIST.txt", "restricted access list.txt", "confidential waste.txt", "Official opening.txt", "protecting people.txt"):
        put("negative", "name", "file name", name, "\n".join(PROSE).encode(), fine, name)


# ---------------------------------------------------------------- ways of writing that are met

# Where somebody is asked at least.
ASKED = ("above", "ask", "unread", "doubtful")
BESIDE = [
    "SECRET AND PERSONAL", "COVERING SECRET", "SECRET UKEO", "TOP SECRET UK ONLY", "SECRET STRAP1", "TOP SECRET FVEY", "SECRET U.K. EYES ONLY",
    "TOP SECRET NOT TO BE COPIED", "FLASH SECRET", "SECRET WITH ENCLOSURES", "MOD SECRET", "ISAF SECRET", "SECRET SECRET", "TOP SECRET   TOP SECRET",
    "THIS IS A TOP SECRET DOCUMENT", "CLASSIFIED AS SECRET", "BEGIN SECRET", "SECRETSECRET", "TOP SECRETTOP SECRET",
]
UNKNOWN = ["TOP SECRET NIGHTJAR", "DST/44/2 SECRET", "TOP SECRET JIC(09)12", "SECRET COVER SHEET", "NATO CONFIDENTIAL NIGHTJAR"]
TITLED = [
    "TOP SECRET Project ANVIL", "Ministry of Defence TOP SECRET", "Northern Depots Plan – SECRET – v1.2", "SECRET © Crown copyright",
    "Annex A to DST/44 SECRET",
]
SUBJECTS = [
    "[EXTERNAL] SECRET: Depots", "URGENT: SECRET: Depots", "Depots - SECRET - action by Friday", "Action: SECRET - Depots",
    "Depots [SECRET AND PERSONAL]", "[SEC=SECRET] Depots", "Depots [SEC=NATO CONFIDENTIAL:PERSONAL]",
]


def variants():
    """One of each, as people write them."""
    def text(*first): return "\n".join([*first, *PROSE]).encode()
    for number, (name, content, expect) in enumerate([
        ("US.txt", text("TOP SECRET//SI//TK//NOFORN", ""), "above"),
        ("reference.docx", docx_header("SECRET   REF: MOD/12/4   COPY 3 OF 10"), "above"),
        ("statement.txt", text(*PROSE[:3], "This paper is classified SECRET and may not be copied."), "above"),
        ("mail.eml", bytes(mail(body=["Hello,", "", "This email is SECRET", "", *PROSE])), "above"),
        ("forwarded.eml", bytes(mail(subject="FW: RE: SECRET - UK EYES ONLY - the plan")), "above"),
        ("small.docx", docx_header("secret"), "doubtful"), ("title.docx", docx_header("Top Secret"), "above"),
        ("two-lines.docx", docx_header("TOP\nSECRET"), "above"), ("until.docx", docx_header("SECRET until 1 June 2012"), "above"),
        ("table.html", b"<table><tr><td>Security classification</td><td>SECRET</td></tr><tr><td>Author</td><td>A</td></tr></table>", "above"),
        ("data.json", b'{"title": "x", "classification": "SECRET", "body": "text"}', "above"),
        ("front.md", b"---\ntitle: x\nclassification: OFFICIAL-SENSITIVE\n---\n# x\n", "ask"),
        ("tab.txt", text("Northmoor\tSECRET\t2011"), "above"), ("rule.txt", text("=" * 20, "   SECRET", "=" * 20), "above"),
        ("pointed.txt", text("<<< SECRET >>>"), "above"), ("UK.docx", docx_header("UK CONFIDENTIAL"), "above"),
        ("space.docx", docx_header("RESTRICTED COMMERCIAL"), "above"), ("draft.txt", text("RESTRICTED – COMMERCIAL – draft 3"), "above"),
        ("malformed.docx", docx_header("OFFICIAL - UK EYES ONLY"), "ask"), ("caveat.docx", docx_header("UK EYES ONLY"), "ask"),
        *[(f"beside-{at:02}.docx", docx_footer(words), "above") for at, words in enumerate(BESIDE)],
        *[(f"beside-{at:02}.txt", text(words, ""), "above") for at, words in enumerate(BESIDE)],
        *[(f"unknown-{at:02}.docx", docx_footer(words), ASKED) for at, words in enumerate(UNKNOWN)],
        *[(f"unknown-{at:02}.txt", text(words, ""), ASKED) for at, words in enumerate(UNKNOWN)],
        *[(f"titled-{at:02}.txt", text(words, ""), ASKED) for at, words in enumerate(TITLED)],
        *[(f"titled-{at:02}.pdf", pdf(top=words), ASKED) for at, words in enumerate(TITLED)],
        *[(f"subject-{at:02}.eml", bytes(mail(subject=words)), "above") for at, words in enumerate(SUBJECTS)],
        ("costs.xlsx", xlsx_cell("SECRET - Northern depots costs"), "above"), ("costs.csv", b"Northern depots costs,,SECRET\nDepot,Q1,Q2\nLeeds,1,2\n", ASKED),
        ("sio.eml", bytes(mail(headers=[("SIO-Label", 'Version="1.0", FgClr="black", Marking="SECRET AND PERSONAL", Policy="UK"')])), "above"),
        ("portions.txt", "\n".join(f"{at}. (SECRET) {line}" for at, line in enumerate(PROSE, 1)).encode(), "above"),
        ("short-portions.txt", "\n".join(f"{at}. (S) {line}" for at, line in enumerate(PROSE, 1)).encode(), ASKED),
        ("ticked.txt", text("Classification: [ ] OFFICIAL [x] SECRET [ ] TOP SECRET"), "above"),
    ]):
        put("plain", "variants", "as met", f"{number:02}-{name}", content, expect, name)
    fine = ("unmarked", "allowed", "doubtful")
    for number, (name, content) in enumerate([
        ("three.txt", text("RESTRICTED ENTRY", "CONFIDENTIAL WASTE", "THE SECRET AGENT")), ("commerce.docx", docx_header("Commercial in confidence")),
        ("private.docx", docx_header("PRIVATE & CONFIDENTIAL")), ("draft.docx", docx_header("Confidential draft for discussion")),
        ("address.txt", text("See https://example.org/SECRET/plan")), ("business.docx", docx_footer("Confidential")),
        ("ticked.txt", text("Classification:  [x] OFFICIAL  [ ] SECRET  [ ] TOP SECRET")), ("boxes.txt", text("[ ] TOP SECRET", "[ ] SECRET", "[x] OFFICIAL")),
        ("boxes.docx", saved(word(["☐ TOP SECRET", "☐ SECRET", "☑ OFFICIAL", *PROSE]))), ("vacancy.txt", text("Clearance required: SECRET")),
        ("vetting.txt", text("Security clearance: SC/SECRET")), ("band.txt", text("14:00 Top Secret")), ("race.txt", text("1 Top Secret 9-4")),
        ("film.txt", text("TOP SECRET! (1984) 15")), ("tree.txt", text("PROTECTED", "The tree may not be felled.")),
        ("settings.txt", text("CLIENT_SECRET=zzz", "TOP_SECRET_FLAG=0")), ("program.txt", text('String TOP_SECRET = "TOP SECRET";')),
        ("pattern.txt", text("(?i)\\b(TOP SECRET|SECRET|RESTRICTED)")), ("crossword.txt", text("1 Hidden (6) SECRET")),
        ("policy.txt", text("Staff must never process SECRET or TOP SECRET information on this system")),
        ("question.eml", bytes(mail(subject="RE: is annex B SECRET?"))), ("lost.eml", bytes(mail(subject="Lost: folder marked SECRET"))),
        ("sale.eml", bytes(mail(subject="TOP SECRET: 50% off at Wickes"))), ("guide.docx", docx_title("Classification: OFFICIAL, SECRET and TOP SECRET explained")),
        ("headings.txt", text("Classification: OFFICIAL", PROSE[0], "SECRET", PROSE[1], "TOP SECRET")),
    ]):
        put("negative", "variants", "as met", f"{number:02}-{name}", content, fine, name)


# ---------------------------------------------------------------- what is meant to deceive

def disguises(word_):
    cyrillic = str.maketrans("ACEOTPXK", "АСЕОТРХК"); greek = str.maketrans("EOTAIK", "ΕΟΤΑΙΚ")
    yield "cyrillic", word_.translate(cyrillic)
    yield "greek", word_.translate(greek)
    yield "full-width", "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in word_)
    yield "mathematical", "".join(chr(0x1D400 + ord(c) - 65) if c.isalpha() else c for c in word_)
    yield "zero-width", "\u200b".join(word_)
    yield "joiner", "\u2060".join(word_)
    yield "soft-hyphen", "\u00ad".join(word_)
    yield "spaced", "   ".join(" ".join(part) for part in word_.split(" "))
    yield "spaced-hard", "\u00a0".join(word_.replace(" ", ""))
    yield "dots", ".".join(word_.replace(" ", ""))
    yield "dashes", "-".join(word_.replace(" ", ""))
    yield "accents", "".join(c + "\u0301" if c in "EO" else c for c in word_)
    yield "digits", word_.replace("E", "3", 1) if word_.count("E") else word_.replace("O", "0", 1)
    yield "stars", f"*** {word_} ***"
    yield "brackets", f"[[{word_}]]"
    yield "hard-space", word_.replace(" ", "\u00a0")
    yield "directions", f"\u202d{word_}\u202c"
    yield "backwards", f"\u202e{word_[::-1]}\u202c"
    yield "squares", "".join(chr(0x1F170 + ord(c) - 65) if c.isalpha() else c for c in word_)
    small = dict(zip("ACDEIOPRSTNF", "ᴀᴄᴅᴇɪᴏᴘʀꜱᴛɴꜰ"))
    yield "small-capitals", "".join(small.get(c, c) for c in word_)
    if " " not in word_: yield "bars", "|".join(word_)


def adversarial():
    above = ("above",); caught = ("above", "unread")
    for m in ("SECRET", "TOP SECRET", "RESTRICTED"):
        for how, said in disguises(m):
            put("adversarial", "docx", how, f"{how}-{m.replace(' ', '_')}.docx", docx_header(said), above, said)
            put("adversarial", "txt", how, f"{how}-{m.replace(' ', '_')}.txt", "\n".join([said, *PROSE]).encode(), above, said)
    for m in ("SECRET", "CONFIDENTIAL"):
        d = word(); p = d.add_paragraph(); r = p.add_run(m); r.font.color.rgb = docx.shared.RGBColor(255, 255, 255); r.font.size = docx.shared.Pt(1)
        put("adversarial", "docx", "white", f"white-{m}.docx", saved(d), above, m)
        put("adversarial", "docx", "hidden letters", f"hidden-letters-{m}.docx", hidden_letters(m), above, m)
        put("adversarial", "txt", "renamed docx", f"renamed-{m}.txt", docx_header(m), above, m)
        put("adversarial", "jpg", "renamed pdf", f"renamed-{m}.jpg", pdf(top=m), above, m)
        put("adversarial", "docx", "renamed rtf", f"renamed-{m}.docx", rtf(m), above, m)
        put("adversarial", "png", "picture and archive", f"polyglot-{m}.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64 + zipped({"report.txt": lines(m).encode()}), above, m)
        put("adversarial", "pdf", "PDF and archive", f"polyglot-{m}.pdf", pdf() + zipped({"report.txt": lines(m).encode()}), above, m)
        put("adversarial", "txt", "text and archive", f"polyglot-{m}.txt", "\n".join(PROSE).encode() + zipped({"report.docx": docx_header(m)}), above, m)
        deep = docx_header(m)
        for number in range(4): deep = zipped({f"{number}.zip": deep}) if number else zipped({"report.docx": deep})
        put("adversarial", "zip", "nested", f"nested-{m}.zip", deep, above, m)
        put("adversarial", "zip", "mixed", f"mixed-{m}.zip", zipped({"a.tgz": gzip.compress(tarred({"m.eml": bytes(mail(attach=("x.docx", docx_header(m))))}), mtime=0)}), above, m)
        for number in range(30): deep = zipped({f"{number}.zip": deep})
        put("adversarial", "zip", "too deep", f"deep-{m}.zip", deep, caught, m)
        put("adversarial", "docx", "embedded", f"embedded-{m}.docx", changed(saved(word()), {"word/embeddings/sheet.xlsx": xlsx_header(m)}), above, m)
        put("adversarial", "docx", "renamed part", f"part-{m}.docx", changed(docx_header(m), {}).replace(b"header1.xml", b"colours.xml"), caught, m)
        whole = docx_header(m)
        for cut in (4, 10, 50): put("adversarial", "docx", "truncated", f"cut-{cut}-{m}.docx", whole[:-len(whole) * cut // 100], caught, m)
        whole = pdf(top=m)
        for cut in (4, 10, 50): put("adversarial", "pdf", "truncated", f"cut-{cut}-{m}.pdf", whole[:-len(whole) * cut // 100], caught, m)
        put("adversarial", "docx", "twice", f"twice-{m}.docx", twice(m), caught, m)
        put("adversarial", "docx", "utf-16 part", f"utf16-{m}.docx", changed(docx_header(m), {"word/header1.xml": lambda b: b.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').replace("encoding='UTF-8'", "encoding='UTF-16'").encode("utf-16")}), above, m)
    put("adversarial", "docx", "entities", "entities.docx", changed(docx_header("x"), {"word/header1.xml": bomb()}), caught)
    put("adversarial", "xml", "entities", "entities.xml", bomb().encode(), caught)
    put("adversarial", "zip", "bomb", "bomb.zip", zipped({"zeros.txt": b"\0" * (300 << 20)}), caught)
    put("adversarial", "gz", "bomb", "bomb.gz", gzip.compress(b"a" * (300 << 20), 9, mtime=0), caught)
    label = '<?xml version="1.0"?><clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"><clbl:label id="{0a0a0a0a-1111-2222-3333-444444444444}" enabled="1" method="Privileged" siteId="{1}" contentBits="3" removed="0"/></clbl:labelList>'
    put("adversarial", "docx", "unknown label", "label.docx", changed(saved(word()), {"docMetadata/LabelInfo.xml": label}), ("unread",))
    put("adversarial", "docx", "label and header disagree", "disagree.docx", custom(docx_header("OFFICIAL"), "bjDocumentSecurityLabel", "SECRET"), above)


def hidden_letters(m):
    d = word(); p = d.sections[0].header.paragraphs[0]
    for letter in m: p.add_run(letter); r = p.add_run("x"); r.font.hidden = True
    return saved(d)


def rtf(m):
    return ("{\\rtf1\\ansi{\\header\\pard\\qc\\b " + "".join(f"{{{c}}}" for c in m) + "\\par}" + "\\par ".join(PROSE) + "\\par}").encode()


def twice(m):
    """Two parts of one name: programs differ in which of them they show."""
    out = io.BytesIO(docx_header("OFFICIAL"))
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(out, "a") as z, zipfile.ZipFile(io.BytesIO(docx_header(m))) as other:
            z.writestr("word/header1.xml", other.read("word/header1.xml"))
    return out.getvalue()


def bomb():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "SECRET">{entities}]><w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:hdr>'


if __name__ == "__main__":
    if OUT.exists(): shutil.rmtree(OUT)
    OUT.mkdir(parents=True)
    plain(); few_look(); variants(); words_in_pictures(); negatives(); adversarial()
    (OUT / "manifest.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES))
    counts = {}
    for line in LINES: counts[line["kind"]] = counts.get(line["kind"], 0) + 1
    print(", ".join(f"{number} {kind}" for kind, number in sorted(counts.items())))
