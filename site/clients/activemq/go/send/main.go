// region: send
package main

import (
	"log"
	"net/url"
	"os"

	"github.com/go-stomp/stomp/v3"
)

const queue = "your-queue"

func main() {
	address, err := url.Parse(os.Getenv("MQLAB_URL"))
	if err != nil {
		log.Fatal(err)
	}
	login := stomp.ConnOpt.Login(os.Getenv("MQLAB_USER"), os.Getenv("MQLAB_PASSWORD"))
	connection, err := stomp.Dial("tcp", address.Host, login)
	if err != nil {
		log.Fatal(err)
	}
	err = connection.Send("/queue/"+queue, "text/plain", []byte("Hello from Go"),
		// Without it the message does not survive a restart of the broker.
		stomp.SendOpt.Header("persistent", "true"),
		// With a content-length, JMS receivers would get a BytesMessage instead of a TextMessage.
		stomp.SendOpt.NoContentLength,
		// Send returns when the broker has it.
		stomp.SendOpt.Receipt)
	if err != nil {
		log.Fatal(err)
	}
	if err := connection.Disconnect(); err != nil {
		log.Fatal(err)
	}
}

// endregion
